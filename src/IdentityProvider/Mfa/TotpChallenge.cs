using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Mfa;

internal enum TotpOutcome
{
    Right,
    Wrong,

    /// <summary>It was right once; the app shows another in at most 30 seconds.</summary>
    AlreadyUsed,

    TooManyAttempts,
}

/// <summary>
/// Checks the codes of authenticator apps. Works on connections of its own: no roll-back of the request makes a used code
/// good again or gives an attempt back.
/// </summary>
internal sealed class TotpChallenge(
    IServiceScopeFactory scopes, RateLimiter limiter, MasterKey masterKey, IOptions<RateLimitsOptions> limits, TimeProvider clock)
{
    private const string Policy = "otp-per-user";
    private const int Digits = 6, MaxLength = 32;

    public async Task<bool> IsEnrolledAsync(Guid userId, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Store>().Set<Authenticator>().AnyAsync(a => a.UserId == userId, ct);
    }

    /// <param name="userId">Who has proved a first factor.</param>
    /// <param name="code">As typed; spaces and dashes do not matter.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<TotpOutcome> CheckAsync(Guid userId, string code, CancellationToken ct)
    {
        // What cannot be a code is a slip, not a guess: it costs no attempt.
        if (Compact(code) is not { } digits)
            return TotpOutcome.Wrong;
        // Counted before the code is looked at, so that parallel guesses get no more than their number.
        var key = userId.ToString("N");
        if (await limiter.TryAcquireAsync(Policy, limits.Value.OtpPerUser, key, ct) is { Acquired: false })
            return TotpOutcome.TooManyAttempts;

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var outcome = TotpOutcome.Wrong;
        foreach (var authenticator in await db.Set<Authenticator>().AsNoTracking().Where(a => a.UserId == userId).ToListAsync(ct))
        {
            if (TotpSecret.Open(authenticator.ProtectedSecret, masterKey).StepOf(digits, clock.GetUtcNow()) is not { } step)
                continue;
            if (await UseAsync(db, authenticator.Id, step, ct))
            {
                await limiter.ResetAsync(Policy, key, ct);
                return TotpOutcome.Right;
            }
            outcome = TotpOutcome.AlreadyUsed;
        }
        return outcome;
    }

    // The condition is part of the write: of requests with the same code, on whatever node, one moves the step.
    private static async Task<bool> UseAsync(Store db, Guid authenticatorId, long step, CancellationToken ct) =>
        await db.Set<Authenticator>()
            .Where(a => a.Id == authenticatorId && a.LastStep < step)
            .ExecuteUpdateAsync(row => row.SetProperty(a => a.LastStep, step), ct) > 0;

    private static string? Compact(string code)
    {
        if (code.Length > MaxLength)
            return null;
        var digits = string.Concat(code.Where(c => !char.IsWhiteSpace(c) && c is not '-'));
        return digits.Length == Digits && digits.All(char.IsAsciiDigit) ? digits : null;
    }
}
