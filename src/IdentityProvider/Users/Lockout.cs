using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Users;

/// <summary>May this attempt go on, and if not, how long the lock still holds. The one that <paramref name="Locks"/> does so unless it turns out right.</summary>
internal readonly record struct LockoutDecision(bool Allowed, TimeSpan RetryAfter, bool Locks = false);

/// <summary>
/// Locks an account, by whatever name it is called, and any name that is none, after too many wrong passwords. An attempt
/// is counted as wrong before its password is looked at, so that parallel attempts get no more checks than a single file
/// of them. Works on a connection of its own: no roll-back of the request takes an attempt back.
/// </summary>
internal sealed class Lockout(IServiceScopeFactory scopes, MasterKey masterKey, IOptions<UsersOptions> options, TimeProvider clock)
{
    private const int PruneBatch = 1_000, MaxRounds = 200;
    private readonly byte[] hashKey = masterKey.Derive("lockout");

    /// <summary>What is locked: the account where there is one (not its spelling, CVE-2025-24806), else the name typed.</summary>
    public static string KeyFor(User? user, string typedName) =>
        user is null ? $"name:{UserNames.Normalize(typedName)}" : KeyOf(user.Id);

    private static string KeyOf(Guid account) => $"user:{account:N}";

    /// <summary>Tells one name that is nobody's from others, and nothing else: the beginning of an HMAC under the master key, see <see cref="SignInFailures.KeyHash"/>.</summary>
    /// <param name="key">From <see cref="KeyFor"/>.</param>
    public string TagOf(string key) => HashOf(key)[..12];

    /// <summary>Counts an attempt; only if allowed, the password may be checked.</summary>
    /// <param name="key">From <see cref="KeyFor"/>.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<LockoutDecision> TryAttemptAsync(string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var hash = HashOf(key);
        // Each lost round means that another attempt was counted, and a few of those lock.
        for (var round = 0; round < MaxRounds; round++)
        {
            var now = clock.GetUtcNow();
            var row = await db.Set<SignInFailures>().AsNoTracking().FirstOrDefaultAsync(f => f.KeyHash == hash, ct);
            if (row?.LockedUntil - now is { } wait && wait > TimeSpan.Zero)
                return new LockoutDecision(false, wait);
            var next = Next(hash, row is null ? [] : Recent(row, now), now);
            if (await (row is null ? db.TryAddAsync(next, ct) : ReplaceAsync(db, next, row.Version, ct)))
                return new LockoutDecision(true, TimeSpan.Zero, next.LockedUntil is not null);
        }
        return new LockoutDecision(false, TimeSpan.FromSeconds(1));
    }

    /// <summary>Attempts on the account or name that count now and have not turned out right.</summary>
    public async Task<int> FailuresAsync(string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var hash = HashOf(key);
        var row = await scope.ServiceProvider.GetRequiredService<Store>().Set<SignInFailures>().AsNoTracking().FirstOrDefaultAsync(f => f.KeyHash == hash, ct);
        return row is null ? 0 : Recent(row, clock.GetUtcNow()).Count;
    }

    /// <summary>Until when nobody may try; null when they may.</summary>
    public async Task<DateTimeOffset?> LockedUntilAsync(string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (hash, now) = (HashOf(key), clock.GetUtcNow());
        return await scope.ServiceProvider.GetRequiredService<Store>().Set<SignInFailures>().Where(f => f.KeyHash == hash && f.LockedUntil > now).Select(f => f.LockedUntil).FirstOrDefaultAsync(ct);
    }

    /// <summary>Those of the accounts that are locked now, in one query.</summary>
    public async Task<IReadOnlySet<Guid>> LockedAsync(IReadOnlyCollection<Guid> accounts, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (hashes, now) = (accounts.ToDictionary(id => HashOf(KeyOf(id))), clock.GetUtcNow());
        var keys = hashes.Keys.ToList();
        var locked = await scope.ServiceProvider.GetRequiredService<Store>().Set<SignInFailures>().Where(f => keys.Contains(f.KeyHash) && f.LockedUntil > now).Select(f => f.KeyHash).ToListAsync(ct);
        return locked.Select(hash => hashes[hash]).ToHashSet();
    }

    /// <summary>The password was right: the attempts before it are forgotten.</summary>
    public async Task SucceededAsync(string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var hash = HashOf(key);
        await scope.ServiceProvider.GetRequiredService<Store>().Set<SignInFailures>().Where(f => f.KeyHash == hash).ExecuteDeleteAsync(ct);
    }

    /// <summary>The password of an allowed attempt was not checked after all (<see cref="PasswordOutcome.Busy"/>): it does not count.</summary>
    public async Task NotCheckedAsync(string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var hash = HashOf(key);
        for (var round = 0; round < MaxRounds; round++)
        {
            var row = await db.Set<SignInFailures>().AsNoTracking().FirstOrDefaultAsync(f => f.KeyHash == hash, ct);
            if (row is null or { Attempts: [] })
                return;
            // With one attempt less than locks, the lock it set falls too.
            var fewer = new SignInFailures { KeyHash = hash, Attempts = row.Attempts[..^1], ExpiresAt = row.ExpiresAt };
            if (await ReplaceAsync(db, fewer, row.Version, ct))
                return;
        }
    }

    /// <summary>Deletes what no longer counts; returns how many.</summary>
    public async Task<int> PruneAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var failures = scope.ServiceProvider.GetRequiredService<Store>().Set<SignInFailures>();
        var now = clock.GetUtcNow();
        for (var total = 0; ;)
        {
            var deleted = await failures.Where(f => f.ExpiresAt <= now).OrderBy(f => f.ExpiresAt).Take(PruneBatch).ExecuteDeleteAsync(ct);
            total += deleted;
            if (deleted < PruneBatch)
                return total;
        }
    }

    // A lock that has run out takes the attempts that set it with it.
    private List<long> Recent(SignInFailures row, DateTimeOffset now)
    {
        var since = (now - options.Value.Lockout.Window).ToUnixTimeMilliseconds();
        return row.LockedUntil is null ? row.Attempts.FindAll(at => at > since) : [];
    }

    private SignInFailures Next(string hash, List<long> recent, DateTimeOffset now)
    {
        var settings = options.Value.Lockout;
        List<long> attempts = [.. recent, now.ToUnixTimeMilliseconds()];
        DateTimeOffset? lockedUntil = attempts.Count >= settings.Failures ? now + settings.Duration : null;
        return new() { KeyHash = hash, Attempts = attempts, LockedUntil = lockedUntil, ExpiresAt = lockedUntil ?? now + settings.Window };
    }

    private static async Task<bool> ReplaceAsync(Store db, SignInFailures next, int version, CancellationToken ct) =>
        await db.Set<SignInFailures>().Where(f => f.KeyHash == next.KeyHash && f.Version == version).ExecuteUpdateAsync(
            row => row
                .SetProperty(f => f.Attempts, next.Attempts)
                .SetProperty(f => f.LockedUntil, next.LockedUntil)
                .SetProperty(f => f.ExpiresAt, next.ExpiresAt)
                .SetProperty(f => f.Version, version + 1),
            ct) > 0;

    private string HashOf(string key) => Convert.ToHexStringLower(HMACSHA256.HashData(hashKey, Encoding.UTF8.GetBytes(key)));
}
