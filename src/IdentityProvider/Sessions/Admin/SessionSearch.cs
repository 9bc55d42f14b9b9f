using System.Globalization;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Sessions.Admin;

/// <summary>Which sessions an administrator looks for. Empty parts match everything.</summary>
/// <param name="User">A user name, an e-mail address or a subject, as a whole.</param>
/// <param name="Client">The client_id of an app that signed in through it.</param>
/// <param name="Address">The IP address the session began or was completed at, as a whole.</param>
internal sealed record SessionFilter(string? User, string? Client, string? Address);

/// <summary>Finds the sessions that live, the newest first, page by page.</summary>
internal sealed class SessionSearch(Store db, UserLookup users, Places places, TimeProvider clock)
{
    /// <param name="filter">What to look for.</param>
    /// <param name="after">From the page before; null, or anything else, begins.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The page and where to go on; null at the end.</returns>
    public async Task<(IReadOnlyList<LiveSession> Sessions, string? Next)> FindAsync(SessionFilter filter, string? after, int count, CancellationToken ct)
    {
        if (await MatchingAsync(filter, ct) is not { } found)
            return ([], null);
        if (Cursor(after) is var (at, last))
        {
            // Written so that databases see where in the index to begin; of an "or" alone they do not.
            found = found.Where(s => s.CreatedAt <= at && (s.CreatedAt < at || s.Id.CompareTo(last) < 0));
        }

        var rows = await found.OrderByDescending(s => s.CreatedAt).ThenByDescending(s => s.Id).Take(count + 1)
            .Select(s => new { Session = s, s.User.UserName, s.User.Email, s.User.Name }).ToListAsync(ct);
        var page = rows.Take(count).ToList();
        var ids = page.ConvertAll(r => r.Session.Id);
        var clients = (await db.Set<Grant>().Where(g => g.SessionId != null && ids.Contains(g.SessionId.Value) && g.Application != null)
            .Select(g => new { Session = g.SessionId!.Value, Id = g.Application!.ClientId!, Name = g.Application.DisplayName ?? g.Application.ClientId! })
            .Distinct().ToListAsync(ct)).ToLookup(c => c.Session, c => new SessionClient(c.Id, c.Name));
        return (
            [.. page.Select(r => new LiveSession(r.Session, r.UserName ?? r.Email ?? "", r.Name, BrowserName.Of(r.Session.UserAgent), places.Of(r.Session.Address), [.. clients[r.Session.Id].OrderBy(c => c.ClientId, StringComparer.Ordinal)]))],
            rows.Count > count ? string.Create(CultureInfo.InvariantCulture, $"{page[^1].Session.CreatedAt.UtcTicks}.{page[^1].Session.Id:N}") : null);
    }

    /// <summary>Can this be the <c>next</c> of a page?</summary>
    public static bool IsCursor(string after) => Cursor(after) is not null;

    /// <summary>Null: nothing can match.</summary>
    private async Task<IQueryable<Session>?> MatchingAsync(SessionFilter filter, CancellationToken ct)
    {
        // PostgreSQL refuses text with a zero byte, and nothing here is called so.
        var (client, address) = (filter.Client?.Trim(), filter.Address?.Trim());
        if ($"{client}{address}".Any(char.IsControl))
            return null;
        var now = clock.GetUtcNow();
        var found = db.Set<Session>().AsNoTracking().Where(s => s.CompletedAt != null && s.IdleExpiresAt > now);
        if (filter.User?.Trim() is { Length: > 0 } name)
        {
            if ((Guid.TryParse(name, out var subject) ? subject : (await users.FindAsync(name, ct))?.Id) is not { } userId)
                return null;
            found = found.Where(s => s.UserId == userId);
        }

        if (client is { Length: > 0 })
            found = found.Where(s => db.Set<Grant>().Any(g => g.SessionId == s.Id && g.Application!.ClientId == client));
        return address is { Length: > 0 } ? found.Where(s => s.Address == address) : found;
    }

    private static (DateTimeOffset At, Guid Last)? Cursor(string? after) =>
        after?.Split('.') is [var ticks, var id] && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.UtcTicks && Guid.TryParseExact(id, "N", out var last)
            ? (new DateTimeOffset(at, TimeSpan.Zero), last)
            : null;
}

/// <summary>A session that lives, as an administrator sees it.</summary>
internal sealed record LiveSession(Session Session, string UserName, string? Name, string Browser, string? Place, IReadOnlyList<SessionClient> Clients);

/// <summary>A client that signed in through a session.</summary>
internal sealed record SessionClient(string ClientId, string Name);
