using System.Globalization;
using System.Text.Json.Nodes;
using IdentityProvider.Authorize;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Passkeys;

/// <summary>The registration ceremony (WebAuthn Level 3 section 7.1) of somebody who is signed in.</summary>
internal sealed class Registration(Store db, RelyingParty party, Attestation attestation, Challenges challenges, SessionStore sessions, SecondFactors factors, PasskeyMails mails, TimeProvider clock, EventLog events)
{
    private static readonly string[] KnownTransports = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

    /// <summary>The account as password managers list it.</summary>
    public static string NameOf(User user) => user.UserName ?? user.Email ?? "";

    public async Task<PasskeyQuestion> AskAsync(HttpContext http, User user, CancellationToken ct)
    {
        var made = await Handler().MakeCreationOptionsAsync(new PasskeyUserEntity { Id = user.Id.ToString("D"), Name = NameOf(user), DisplayName = user.DisplayName }, http);

        // The framework names the relying party by its domain; people know the product.
        var options = JsonNode.Parse(made.CreationOptionsJson)!;
        options["rp"]!["name"] = party.Name;
        return new PasskeyQuestion(options.ToJsonString(), await challenges.KeepAsync(http, Purpose.Register, user.Id, made.AttestationState!, ct));
    }

    /// <summary>Null when the passkey is added; else why not, in the words of <see cref="RefusalReason"/>.</summary>
    /// <param name="http">The request.</param>
    /// <param name="session">Who is signed in. Making a passkey proves that one has it.</param>
    /// <param name="answer">What the authenticator says.</param>
    /// <param name="conditional">The browser made it without a question: nobody had to be present (section 7.1 step 15).</param>
    /// <param name="ct">Cancels.</param>
    public async Task<string?> AddAsync(HttpContext http, Session session, PasskeyAnswer answer, bool conditional, CancellationToken ct)
    {
        var reason = await CheckAsync(http, session, answer, conditional, ct);
        if (reason is not null)
            events.Raise(new PasskeyRefused(Purpose.Register, session.UserId, reason));
        return reason;
    }

    private async Task<string?> CheckAsync(HttpContext http, Session session, PasskeyAnswer answer, bool conditional, CancellationToken ct)
    {
        var user = session.User;
        if (answer.Fault() is { } fault)
            return fault;
        if (await challenges.TakeAsync(http, Purpose.Register, user.Id, answer.Challenge, ct) is not { } state)
            return RefusalReason.Challenge;
        var result = await Handler().PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = http, CredentialJson = conditional ? answer.WithPresence() : answer.Credential!, AttestationState = state });
        if (!result.Succeeded)
            return RefusalReason.Of(result.Failure);
        var made = result.Passkey;
        if (made.PublicKey.Length > Passkey.MaxPublicKey || !CoseKey.IsSound(made.PublicKey))
            return RefusalReason.PublicKey;

        var aaguid = AttestedData.Read(made.AttestationObject).Aaguid;
        if (!attestation.IsAllowed(aaguid))
            return RefusalReason.Make;
        var passkey = new Passkey
        {
            UserId = user.Id,
            CredentialId = made.CredentialId,
            PublicKey = made.PublicKey,
            SignCount = made.SignCount,
            Transports = made.Transports?.Intersect(KnownTransports).ToArray() is { Length: > 0 } transports ? string.Join(' ', transports) : null,
            UserVerified = made.IsUserVerified,
            Unasked = conditional,
            BackupEligible = made.IsBackupEligible,
            BackedUp = made.IsBackedUp,
            Aaguid = aaguid,
            Name = string.Create(CultureInfo.InvariantCulture, $"{Providers.NameOf(aaguid) ?? "Passkey"}, {clock.GetUtcNow():d MMM yyyy}"),
            CreatedAt = clock.GetUtcNow(),
        };
        if (await SaveAsync(session, passkey, ct) is { } refused)
            return refused;
        if (!conditional && !session.IsMultiFactor)
            await sessions.CompleteAsync(http, session, passkey.UserVerified ? [passkey.Method, "user"] : [passkey.Method], ct);
        return null;
    }

    private async Task<string?> SaveAsync(Session session, Passkey passkey, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // First the row of the person: of two registrations at once the second waits here, and counts after the first.
        var now = clock.GetUtcNow();
        await db.Set<User>().Where(u => u.Id == passkey.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.UpdatedAt, now), ct);
        if (await db.Set<Passkey>().CountAsync(p => p.UserId == passkey.UserId, ct) >= Passkey.MaxPerUser)
            return RefusalReason.TooMany;
        var isFirst = !passkey.Unasked && !await factors.HasAnyAsync(passkey.UserId, ct);
        db.Add(passkey);
        await TrustedDevices.ForgetAllAsync(db, passkey.UserId, ct);
        mails.Added(db, session.User, passkey);
        events.Record(db, new PasskeyAdded(passkey.UserId, passkey.Id, passkey.Aaguid));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsUniqueViolation())
        {
            db.ChangeTracker.Clear();
            return RefusalReason.Known;
        }

        // The other sessions were given for a password alone.
        if (isFirst)
            await sessions.EndAllAsync(passkey.UserId, session.Id, "second_factor_added", ct);
        await transaction.CommitAsync(ct);
        return null;
    }

    private PasskeyHandler<User> Handler() => UserPasskeys.Handler(db, party.Demands(Purpose.Register));
}
