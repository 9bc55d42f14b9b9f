using IdentityProvider.Clients;
using IdentityProvider.Email;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// A code or token that was used came again: its family ends (RFC 6749 section 4.1.2, RFC 9700 section 4.14). Of many replays at once
/// one ends it; that one says so, and tells the person where it was a refresh token: two hold what one should.
/// </summary>
internal sealed class Replay(Store db, SecurityMail mails, EventLog events)
{
    // Not the request's token: who sends what was stolen and hangs up must not keep the family alive.
    public async Task EndFamilyAsync(Guid grantId, bool tell, HttpContext http)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        if (await db.RevokeGrantsAsync(db.Set<Grant>().Where(g => g.Id == grantId), CancellationToken.None) == 0)
            return;
        if (tell)
            await TellAsync(grantId, http);
        await transaction.CommitAsync(CancellationToken.None);
        events.Raise(new TokenReplayed(grantId));
    }

    private async Task TellAsync(Guid grantId, HttpContext http)
    {
        var person = await db.Set<Grant>().Where(g => g.Id == grantId)
            .Join(db.Set<User>(), g => g.UserId, u => u.Id, (g, u) => new { u.Email, u.EmailConfirmed, u.Locale, App = g.Application!.DisplayName ?? g.Application.ClientId })
            .FirstOrDefaultAsync(CancellationToken.None);
        if (person is null)
            return;
        mails.Add(db, http, new MailRecipient(person.Email, person.EmailConfirmed, person.Locale), "refresh-token-reused", ("app", person.App ?? ""));
        await db.SaveChangesAsync(CancellationToken.None);
    }
}

internal sealed record TokenReplayed(Guid GrantId) : IEvent
{
    public string Name => "tokens.replayed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("grant", GrantId)];
}
