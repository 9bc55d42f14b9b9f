using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Suspicions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// A code or token that was used came again: its family ends (RFC 6749 section 4.1.2, RFC 9700 section 4.14). Of many replays at once
/// one ends it; that one says so, and tells the person where it was a refresh token: two hold what one should.
/// </summary>
internal sealed class Replay(Store db, SuspicionMail mails, EventLog events)
{
    // Not the request's token: who sends what was stolen and hangs up must not keep the family alive.
    public async Task EndFamilyAsync(Guid grantId, bool tell, HttpContext http)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
        if (await db.RevokeGrantsAsync(db.Set<Grant>().Where(g => g.Id == grantId), CancellationToken.None) == 0)
            return;
        var whose = await db.Set<Grant>().Where(g => g.Id == grantId).Select(g => new { g.UserId, g.SessionId, g.Application!.ClientId, g.Application.DisplayName }).FirstOrDefaultAsync(CancellationToken.None);
        if (tell && whose?.UserId is { } userId && await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == userId, CancellationToken.None) is { } person)
        {
            mails.AddFrom("refresh-token-reused", http, person, ("app", whose.DisplayName ?? whose.ClientId ?? ""));
            events.Record(db, new RefreshTokenReused(userId, grantId, whose.SessionId, whose.ClientId));
        }

        events.Record(db, new TokenReplayed(grantId, whose?.UserId, whose?.SessionId, whose?.ClientId, tell ? "refresh_token" : "code"));
        await db.SaveChangesAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
    }
}

/// <summary>Two hold what one should: the family has ended.</summary>
internal sealed record TokenReplayed(Guid GrantId, Guid? UserId, Guid? SessionId, string? ClientId, string Kind) : IEvent
{
    public string Name => "tokens.replayed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("grant", GrantId), new("user", UserId), new("session", SessionId), new("client", ClientId), new("reason", Kind)];
    public EventResult Result => EventResult.Refused;
}
