using System.Globalization;
using System.Text.Json;
using IdentityProvider.Email;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Registration;

/// <summary>What this browser waits for.</summary>
internal sealed record WaitingProof(EmailProof Proof, DateTimeOffset AskedAt);

/// <summary>Mails the proof of an address, and does what it is the proof for.</summary>
internal sealed class EmailProofs(Store db, CodeStore codes, CodeHash hash, Passwords passwords, BrowserCookie browsers, MailOutbox outbox, EmailUndo undo, EventLog events, TimeProvider clock)
{
    public const string Purpose = "email";
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1), AskAgainAfter = TimeSpan.FromMinutes(1);

    public static EmailProof Read(FoundCode found) => JsonSerializer.Deserialize<EmailProof>(found.Data!)!;

    /// <summary>Writes link, code and mail down; the caller saves.</summary>
    public void Add(HttpContext http, EmailProof proof)
    {
        var browser = browsers.Ensure(http);

        // By browser too: nobody ends the links of others by asking for the same address.
        var owner = proof.UserId?.ToString("N") ?? hash.OwnerOf($"{UserNames.Normalize(proof.Email)}\n{browser}");
        var issued = codes.Add(Purpose, owner, Lifetime, browser, JsonSerializer.Serialize(proof));
        if (!proof.Mailed || !EmailAddress.IsValid(proof.Email))
            return;
        outbox.Add(db, new MailMessage(proof.UserId is null ? "verify-email" : "change-email", proof.Email, proof.Language, new Dictionary<string, string>
        {
            ["email"] = proof.Email,
            ["link"] = codes.LinkTo("verify", issued.Token),
            ["code"] = $"{issued.Code[..4]} {issued.Code[4..]}",
            ["digits"] = issued.Code,
            ["minutes"] = Lifetime.TotalMinutes.ToString(CultureInfo.InvariantCulture),
        })
        { ExpiresAt = clock.GetUtcNow() + Lifetime });
    }

    /// <summary>The newest proof that was asked for in this browser.</summary>
    public async Task<WaitingProof?> WaitingAsync(HttpContext http, CancellationToken ct) =>
        await codes.FindNewestAsync(Purpose, browsers.Read(http), ct) is { } newest ? new WaitingProof(Read(newest.Code), newest.CreatedAt) : null;

    /// <summary>Whether who types this password is who asked for the account; always for an account that is there already.</summary>
    /// <exception cref="PasswordsBusyException">No turn to hash.</exception>
    public async Task<bool> IsOfAsync(FoundCode found, string? password, CancellationToken ct) => Read(found).Account is not { } account
        || (password is not null && await passwords.VerifyAsync(account.PasswordHash, password, ct) switch
        {
            PasswordOutcome.Busy => throw new PasswordsBusyException(),
            var outcome => outcome != PasswordOutcome.Wrong,
        });

    /// <summary>What to call the person on the page that proves their new address.</summary>
    public async Task<string?> NameAsync(Guid userId, CancellationToken ct) =>
        (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == userId, ct))?.DisplayName;

    /// <summary>The person whose address this proof proves; null when another was faster, or the address has an account.</summary>
    public async Task<User?> CompleteAsync(HttpContext http, FoundCode found, CancellationToken ct)
    {
        var proof = Read(found);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await codes.ConsumeAsync(found, ct))
            return null;
        var user = await ClearedAsync(proof, ct) switch
        {
            (false, _) => null,
            (_, { } same) => same,
            _ when proof.UserId is { } id => await db.Set<User>().FirstOrDefaultAsync(u => u.Id == id && u.DisabledAt == null && u.ServiceSince == null, ct),
            _ => Create(proof),
        };
        if (user is null)
            return null;
        if (proof.UserId is not null && user is { EmailConfirmed: true, Email: { } old } && UserNames.Normalize(old) != UserNames.Normalize(proof.Email))
            undo.Offer(http, user, old, proof.Email);
        var now = clock.GetUtcNow();
        (user.Email, user.NormalizedEmail, user.EmailConfirmed, user.UpdatedAt, user.ConcurrencyStamp) = (proof.Email, UserNames.Normalize(proof.Email), true, now, Guid.CreateVersion7(now).ToString());
        try
        {
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation())
        {
            return null;
        }

        events.Raise(new EmailProven(user.Id));
        return user;
    }

    /// <summary>
    /// Makes room: an account that somebody made with this address and never proved is not theirs. Its password, passkeys and
    /// sessions go with it, or a stranger who came first could wait inside for the owner.
    /// </summary>
    private async Task<(bool Free, User? Same)> ClearedAsync(EmailProof proof, CancellationToken ct)
    {
        if (proof.UserId is { } id)
            return (await FreeAsync(db, proof.Email, id, ct), null);
        var name = UserNames.Normalize(proof.Email);
        var same = await db.Set<User>().FirstOrDefaultAsync(u => u.NormalizedEmail == name && u.PasswordHash == proof.Account!.PasswordHash && !u.EmailConfirmed, ct);
        return same is not null && IsUnproven(same) ? (true, same) : (await FreeAsync(db, proof.Email, null, ct), null);
    }

    /// <summary>Whether the address is nobody's but this person's, once unproven accounts with it are gone.</summary>
    public static async Task<bool> FreeAsync(Store db, string email, Guid? userId, CancellationToken ct)
    {
        var likeness = Likeness.Of(UserNames.Normalize(email));
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.EmailLikeness == likeness && u.Id != userId, ct) is not { } holder)
            return true;
        return IsUnproven(holder) && await db.Set<User>().Where(u => u.Id == holder.Id && !u.EmailConfirmed).ExecuteDeleteAsync(ct) == 1;
    }

    /// <summary>Made by a stranger, and never proven.</summary>
    public static bool IsUnproven(User user) => user is { EmailConfirmed: false, RegisteredAt: not null, DisabledAt: null };

    public User Create(EmailProof proof)
    {
        var now = clock.GetUtcNow();
        return db.Add(new User
        {
            Id = Guid.CreateVersion7(now),
            Email = proof.Email,
            NormalizedEmail = UserNames.Normalize(proof.Email),
            Name = proof.Account!.Name,
            PasswordHash = proof.Account.PasswordHash,
            Locale = proof.Language,
            SecurityStamp = Handle.Create(),
            LockoutEnabled = true,
            RegisteredAt = now,
            CreatedAt = now,
            UpdatedAt = now,
        }).Entity;
    }
}
