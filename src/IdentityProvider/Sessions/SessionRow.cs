using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Sessions;

/// <summary>A session as its owner sees it; with the reason where an administrator acts for them in it.</summary>
internal sealed record SessionRow(Guid Id, string Browser, string? Address, string? Place, DateTimeOffset Since, DateTimeOffset LastSeen, IReadOnlyList<string> Clients, bool IsThis, string? ActorReason)
{
    /// <summary>The sessions of a person that live, this one first, and the clients that signed in through each.</summary>
    public static async Task<IReadOnlyList<SessionRow>> OfAsync(Store db, Places places, Session current, DateTimeOffset now, CancellationToken ct)
    {
        var sessions = await db.Set<Session>().AsNoTracking()
            .Where(s => s.UserId == current.UserId && s.CompletedAt != null && s.IdleExpiresAt > now)
            .OrderByDescending(s => s.Id == current.Id).ThenByDescending(s => s.LastSeenAt)
            .Select(s => new { s.Id, s.UserAgent, s.Address, s.CreatedAt, s.LastSeenAt, s.ActorReason }).ToListAsync(ct);
        var ids = sessions.ConvertAll(s => s.Id);
        var clients = (await db.Set<Grant>().Where(g => g.SessionId != null && ids.Contains(g.SessionId.Value) && g.Application != null)
            .Select(g => new { Session = g.SessionId!.Value, Name = g.Application!.DisplayName ?? g.Application.ClientId! })
            .Distinct().ToListAsync(ct)).ToLookup(c => c.Session, c => c.Name);
        return [.. sessions.Select(s => new SessionRow(s.Id, BrowserName.Of(s.UserAgent), s.Address, places.Of(s.Address), s.CreatedAt, s.LastSeenAt, [.. clients[s.Id].Order(StringComparer.CurrentCulture)], s.Id == current.Id, s.ActorReason))];
    }
}
