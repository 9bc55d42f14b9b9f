using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Clients;

/// <summary>Counts what this process took back, so that whoever remembers what is alive reads again at once.</summary>
internal sealed class RevocationSignal(TimeProvider clock)
{
    private long version;

    public long Version => Volatile.Read(ref version);

    public DateTimeOffset Now => clock.GetUtcNow();

    public void Raise() => Interlocked.Increment(ref version);
}

internal static class Revocation
{
    /// <summary>Ends families: the grants and every token entry that came of them. Joins a transaction that is open.</summary>
    /// <returns>How many grants ended here: of many that end the same one it is one for one of them.</returns>
    public static async Task<int> RevokeGrantsAsync(this Store db, IQueryable<Grant> grants, CancellationToken ct)
    {
        var signal = db.GetService<RevocationSignal>();
        DateTimeOffset? now = signal.Now;

        // Tokens first, on every path: two that end the same family wait for each other and never cross.
        await db.Set<Token>().Where(t => grants.Contains(t.Authorization!) && t.Status != Statuses.Revoked)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.Status, Statuses.Revoked), ct);
        var ended = await grants.Where(g => g.Status != Statuses.Revoked)
            .ExecuteUpdateAsync(set => set.SetProperty(g => g.Status, Statuses.Revoked).SetProperty(g => g.RevokedAt, now), ct);
        signal.Raise();
        return ended;
    }

    /// <summary>Takes back one JWT access token.</summary>
    public static async Task RevokeTokenAsync(this Store db, string jti, DateTimeOffset expiresAt, CancellationToken ct)
    {
        var signal = db.GetService<RevocationSignal>();
        await db.TryAddAsync(new RevokedToken { Id = RevokedToken.IdOf(jti), RevokedAt = signal.Now, ExpiresAt = expiresAt }, ct);
        signal.Raise();
    }
}
