using System.Diagnostics.CodeAnalysis;
using IdentityProvider.Email;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Registration;

/// <summary>
/// The way back for somebody whose account is in other hands: who had the address before can have it again for a week, whatever
/// was changed since, and everybody is signed out.
/// </summary>
internal sealed class EmailUndo(Store db, CodeStore codes, SecurityMail mails, SessionStore sessions, EventLog events, TimeProvider clock)
{
    public const string Purpose = "email-undo";
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    /// <summary>Tells the old address; in the transaction of the change.</summary>
    public void Offer(HttpContext http, User user, string oldAddress, string newAddress)
    {
        // An owner for each: however often the address is changed again, the first one's way back stays.
        var issued = codes.Add(Purpose, OwnerPrefix(user.Id) + Handle.Create()[..16], Lifetime, Handle.Create(), System.Text.Json.JsonSerializer.Serialize(new EmailProof(oldAddress) { UserId = user.Id }));
        mails.Add(db, http, new MailRecipient(oldAddress, true, user.Locale), "email-changed", ("old", oldAddress), ("new", Veiled(newAddress)), ("link", codes.LinkTo("account/email/undo", issued.Token)));
    }

    /// <summary>The person, with the address they had; null when the link is used up, or the address has another owner by now.</summary>
    public async Task<User?> UndoAsync(FoundCode found, CancellationToken ct)
    {
        var before = EmailProofs.Read(found);
        var id = before.UserId!.Value;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // The ways back of later addresses end, those of earlier ones do not: the first owner has the last word.
        await codes.EndLaterAsync(found, OwnerPrefix(id), ct);
        if (!await codes.ConsumeAsync(found, ct) || await db.Set<User>().FirstOrDefaultAsync(u => u.Id == id, ct) is not { } user || !await EmailProofs.FreeAsync(db, before.Email, id, ct))
            return null;
        await codes.EndAsync(EmailProofs.Purpose, id.ToString("N"), ct);
        events.Record(db, new EmailUndone(id) { Before = new { Email = Veiled(user.Email) }, After = new { Email = Veiled(before.Email) } });
        (user.Email, user.NormalizedEmail, user.EmailConfirmed, user.UpdatedAt) = (before.Email, UserNames.Normalize(before.Email), true, clock.GetUtcNow());
        (user.SecurityStamp, user.ConcurrencyStamp) = (Handle.Create(), Guid.CreateVersion7().ToString());
        try
        {
            await db.SaveChangesAsync(ct);
            await sessions.EndAllAsync(id, null, "email_undone", ct);
            await transaction.CommitAsync(ct);
        }
        catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation())
        {
            db.ChangeTracker.Clear();
            return null;
        }

        return user;
    }

    private static string OwnerPrefix(Guid userId) => userId.ToString("N");

    /// <summary>Enough to recognise one's own: whoever had the old address need not learn the new one.</summary>
    [return: NotNullIfNotNull(nameof(address))]
    public static string? Veiled(string? address)
    {
        if (address is null)
            return null;
        var at = address.IndexOf('@', StringComparison.Ordinal);
        return at < 1 ? "…" : $"{new System.Globalization.StringInfo(address[..at]).SubstringByTextElements(0, 1)}…{address[at..]}";
    }
}

internal sealed record EmailUndone(Guid UserId) : IEvent
{
    public string Name => "registration.email_undone";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId)];
    public object? Before { get; init; }
    public object? After { get; init; }
}
