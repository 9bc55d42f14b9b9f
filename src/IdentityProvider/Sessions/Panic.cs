using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Sessions;

/// <summary>Ends every session and everything that was ever issued, and puts new signing keys in the place of all old ones.</summary>
internal sealed class Panic(IServiceScopeFactory scopes, SigningKeyStore keys, EventLog events)
{
    private const int Batch = 100;

    /// <summary>Can be run again after it was interrupted.</summary>
    public async Task<(int Sessions, int Grants)> RunAsync(CancellationToken ct)
    {
        // The keys first: whoever holds the old ones must not sign on while the rest is cleared.
        await keys.ReplaceAllAsync(ct);
        var sessions = 0;
        while (await InScopeAsync(async (db, end) =>
        {
            var ids = await db.Set<Session>().OrderBy(s => s.Id).Take(Batch).Select(s => s.Id).ToListAsync(ct);
            return await end.EndAsync(db.Set<Session>().Where(s => ids.Contains(s.Id)), "panic", OfflineAccess.Ends, ct);
        }) is > 0 and var ended)
            sessions += ended;

        var grants = await InScopeAsync(async (db, _) =>
        {
            var count = 0;
            await events.RecordAsync(db, async () =>
            {
                await db.Set<TrustedDevice>().ExecuteDeleteAsync(ct);
                var alive = db.Set<Grant>().Where(g => g.Status == Statuses.Valid);
                count = await alive.CountAsync(ct);
                await db.RevokeGrantsAsync(alive, ct);
                return new EverythingEnded(sessions, count);
            }, ct);
            return count;
        });
        return (sessions, grants);
    }

    private async Task<int> InScopeAsync(Func<Store, SessionEnd, Task<int>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<Store>(), scope.ServiceProvider.GetRequiredService<SessionEnd>());
    }
}

internal sealed record EverythingEnded(int Sessions, int Grants) : IEvent
{
    public string Name => "sessions.everything_ended";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("sessions", Sessions), new("grants", Grants)];
}
