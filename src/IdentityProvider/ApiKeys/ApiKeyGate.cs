using System.Net;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys;

/// <summary>Let through (<see cref="Key"/>), to be asked again later (<see cref="RetryAfter"/>), or refused.</summary>
internal readonly record struct KeyUse(KnownKey? Key, TimeSpan? RetryAfter);

/// <summary>Every use of a key, at whichever door, comes through here: it is checked, counted and written down.</summary>
internal sealed class ApiKeyGate(ApiKeyCache keys, RateLimiter limiter, UseLog log, IServiceScopeFactory scopes, IOptions<ApiKeysOptions> options, TimeProvider clock)
{
    public const string Policy = "api-key";

    /// <param name="secret">What was sent.</param>
    /// <param name="from">The address it was sent from; null where that is not known.</param>
    /// <param name="route">Where to, for the log.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<KeyUse> UseAsync(string? secret, IPAddress? from, string route, CancellationToken ct)
    {
        if (!options.Value.Enabled || !ApiKeySecret.IsOne(secret) || await keys.FindAsync(secret!, ct) is not { } key)
            return default;
        var now = clock.GetUtcNow();
        var (refusal, retryAfter) = key switch
        {
            { IsRevoked: true } => ("revoked", null),
            _ when key.ExpiresAt <= now => ("expired", null),
            _ when !IsFromListed(key, from) => ("address", null),
            _ => await CountAsync(key, now, ct),
        };
        log.Add(new ApiKeyUse
        {
            Id = Guid.CreateVersion7(now),
            ApiKeyId = key.Id,
            UserId = key.UserId,
            At = now,
            Address = from is null ? "" : ClientAddress.Shown(from),
            Route = route.Length > 200 ? route[..200] : route,
            Refusal = refusal,
        });
        return new KeyUse(refusal is null ? key : null, retryAfter);
    }

    private static bool IsFromListed(KnownKey key, IPAddress? from)
    {
        if (key.Networks.Count == 0)
            return true;
        var plain = from is { IsIPv4MappedToIPv6: true } ? from.MapToIPv4() : from;
        return plain is not null && key.Networks.Any(network => network.Contains(plain));
    }

    private async Task<(string? Refusal, TimeSpan? RetryAfter)> CountAsync(KnownKey key, DateTimeOffset now, CancellationToken ct)
    {
        var lease = await limiter.TryAcquireAsync(Policy, new RateLimit(key.RequestsPerMinute, TimeSpan.FromMinutes(1)), key.Id.ToString("N"), ct);
        if (!lease.Acquired)
            return ("rate", lease.RetryAfter);
        if (key.MonthlyQuota is not { } quota || await TakeAsync(key.Id, quota, now, ct))
            return (null, null);
        var nextMonth = new DateTimeOffset(now.UtcDateTime.Year, now.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
        return ("quota", nextMonth - now);
    }

    /// <summary>The condition is part of the write: of many at the last permit one gets it.</summary>
    private async Task<bool> TakeAsync(Guid key, int quota, DateTimeOffset now, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var month = (now.UtcDateTime.Year * 12) + now.UtcDateTime.Month;
        for (var isMade = false; ; isMade = true)
        {
            if (await db.Set<ApiKeyMonth>().Where(m => m.ApiKeyId == key && m.Month == month && m.Count < quota)
                .ExecuteUpdateAsync(row => row.SetProperty(m => m.Count, m => m.Count + 1), ct) == 1)
                return true;
            if (isMade || await db.Set<ApiKeyMonth>().AnyAsync(m => m.ApiKeyId == key && m.Month == month, ct))
                return false;
            db.Add(new ApiKeyMonth { ApiKeyId = key, Month = month, Count = 0 });
            try
            {
                await db.SaveChangesAsync(ct);
            }
            catch (DbUpdateException exception) when (exception.IsUniqueViolation())
            {
                // Another request made it: there is a row now, which is all that was wanted.
                db.ChangeTracker.Clear();
            }
        }
    }
}
