using System.Globalization;
using System.Text.Json;
using IdentityProvider.Email;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Registration;

/// <summary>
/// Takes a registration. Known address or not: one hash, one row, one mail and the same page after it, so that nobody learns who
/// has an account here.
/// </summary>
internal sealed class Registrations(
    Store db, EmailProofs proofs, Passwords passwords, MailOutbox outbox, CodeStore codes, CodeHash hash, EventLog events,
    IOptions<IdentityProviderOptions> server, IOptions<RegistrationOptions> options)
{
    public const string Invitation = "invitation";

    /// <param name="http">The request.</param>
    /// <param name="proof">The address as typed, and where to go on.</param>
    /// <param name="name">As typed.</param>
    /// <param name="password">Checked against the rules before.</param>
    /// <param name="welcome">False for what only a program fills in: it is answered alike, and nothing is mailed.</param>
    /// <param name="ct">Cancels.</param>
    public async Task AskAsync(HttpContext http, EmailProof proof, string name, string password, bool welcome, CancellationToken ct)
    {
        var account = new NewAccount(name, await passwords.HashAsync(password, ct));
        var normalized = UserNames.Normalize(proof.Email);
        var likeness = Likeness.Of(normalized);
        var holder = await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.EmailLikeness == likeness || u.NormalizedUserName == normalized, ct);
        var free = welcome && (holder is null || EmailProofs.IsUnproven(holder));
        proof = proof with { Account = account, Mailed = free };
        if (free && holder is null)
            proofs.Create(proof);
        if (welcome && !free)
            TellOwner(holder!, likeness);
        proofs.Add(http, proof);
        events.Record(db, new RegistrationAsked(!welcome ? "program" : free ? "new" : "known"));
        await SaveAsync(ct);
    }

    /// <summary>An invitation was sent to the address, so following it proves the address.</summary>
    public async Task<User?> AcceptAsync(HttpContext http, FoundCode invitation, string name, string password, CancellationToken ct)
    {
        var account = new NewAccount(name, await passwords.HashAsync(password, ct));
        return await proofs.CompleteAsync(http, invitation with { Data = JsonSerializer.Serialize(EmailProofs.Read(invitation) with { Account = account }) }, ct, by: "invitation");
    }

    /// <summary>Mails an invitation. The address was checked before.</summary>
    public async Task InviteAsync(string email, CancellationToken ct)
    {
        var lifetime = TimeSpan.FromDays(options.Value.InvitationDays);

        // No browser has this value: an invitation is opened wherever its mail is read.
        var issued = codes.Add(Invitation, hash.OwnerOf(UserNames.Normalize(email)), lifetime, Handle.Create(), JsonSerializer.Serialize(new EmailProof(email)));
        outbox.Add(db, new MailMessage("invitation", email, null, new Dictionary<string, string>
        {
            ["link"] = new Uri(server.Value.IssuerUri, $"register?invitation={issued.Token}").AbsoluteUri,
            ["days"] = options.Value.InvitationDays.ToString(CultureInfo.InvariantCulture),
        }));
        events.Record(db, new InvitationWritten());
        await db.SaveChangesAsync(ct);
    }

    private void TellOwner(User holder, string? likeness)
    {
        // Where the address is only somebody's user name, its owner is nobody we know.
        if (holder.EmailLikeness == likeness && EmailAddress.IsValid(holder.Email))
            outbox.Add(db, new MailMessage("account-exists", holder.Email!, holder.Locale, new Dictionary<string, string>
            {
                ["email"] = holder.Email!,
                ["account"] = new Uri(server.Value.IssuerUri, "account").AbsoluteUri,
            }));
    }

    private async Task SaveAsync(CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException taken) when (taken.IsUniqueViolation())
        {
            // Another made the account meanwhile; link and mail are good without it.
            foreach (var entry in db.ChangeTracker.Entries<User>().ToList())
                entry.State = EntityState.Detached;
            await db.SaveChangesAsync(ct);
        }
    }
}
