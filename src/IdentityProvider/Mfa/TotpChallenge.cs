using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

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
internal sealed class TotpChallenge(IServiceScopeFactory scopes, FactorAttempts attempts, MasterKey masterKey, TimeProvider clock)
{
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
        if (TotpSecret.Compact(code) is not { } digits)
            return TotpOutcome.Wrong;
        if (!await attempts.TryAsync(TotpFactor.Name, userId, ct))
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
                await attempts.SucceededAsync(TotpFactor.Name, userId, ct);
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
}
