using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Mfa;

/// <summary>
/// Counts tries of one kind of factor for one person, apart from the others and from passwords: guessing recovery codes
/// leaves the authenticator app usable, and a right password gives no try back. Whoever guesses here knows the password, so
/// the person is told.
/// </summary>
internal sealed class FactorAttempts(RateLimiter limiter, IServiceScopeFactory scopes, IOptions<RateLimitsOptions> limits, TimeProvider clock, EventLog events)
{
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromDays(1);

    /// <summary>Asked before a code is looked at, so that parallel guesses get no more than their number.</summary>
    public async Task<bool> TryAsync(string kind, Guid userId, CancellationToken ct)
    {
        var lease = await limiter.TryAcquireAsync(PolicyOf(kind), limits.Value.OtpPerUser, userId.ToString("N"), ct);
        if (lease.Acquired)
            return true;
        events.Raise(new SecondFactorRefused(userId, kind, "too_many_attempts"));
        await TellAsync(kind, userId, ct);
        return false;
    }

    /// <summary>A right one makes the wrong ones before it harmless.</summary>
    public Task SucceededAsync(string kind, Guid userId, CancellationToken ct) => limiter.ResetAsync(PolicyOf(kind), userId.ToString("N"), ct);

    private async Task TellAsync(string kind, Guid userId, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await SpentIdentifier.TrySpendAsync(db, SpentIdentifier.KeyOf("factor-attempts-mail", userId.ToString("N"), kind), clock.GetUtcNow() + TellAgainAfter, ct)
            || await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == userId, ct) is not { } user)
            return;
        scope.ServiceProvider.GetRequiredService<FactorMails>().Add(db, user, FactorChange.TooManyAttempts, http: null);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private static string PolicyOf(string kind) => $"{kind}-per-user";
}
