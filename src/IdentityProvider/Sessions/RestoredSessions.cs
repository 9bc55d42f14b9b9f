using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Sessions;

/// <summary>Sessions of a restored database: which of them were ended since nobody knows any more, so that all of them are.</summary>
internal static class RestoredSessions
{
    private const int Batch = 100;

    /// <summary>As any other end: the clients that were signed in through them hear of it.</summary>
    public static async Task<int> EndAsync(IServiceProvider provider, CancellationToken ct)
    {
        var (db, ending, count) = (provider.GetRequiredService<Store>(), provider.GetRequiredService<SessionEnd>(), 0);
        while (true)
        {
            var ids = await db.Set<Session>().OrderBy(s => s.Id).Take(Batch).Select(s => s.Id).ToListAsync(ct);
            if (ids.Count == 0)
                return count;
            count += await ending.EndAsync(db.Set<Session>().Where(s => ids.Contains(s.Id)), "restored", OfflineAccess.Ends, ct);
            db.ChangeTracker.Clear();
        }
    }
}
