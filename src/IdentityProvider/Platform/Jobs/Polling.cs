using Microsoft.Extensions.Logging;

namespace IdentityProvider.Platform.Jobs;

/// <summary>
/// Background work that looks again and again. How often it looks is real time; what is due is the clock's to say: a clock that a
/// test moves by months must not make it look for each second of them.
/// </summary>
internal static class Polling
{
    /// <summary>
    /// What writing the last of it may take when the server stops. Not the time the server has for that: whoever never ends a request uses it up.
    /// </summary>
    public static readonly TimeSpan LastTurn = TimeSpan.FromSeconds(2);

    /// <summary>Works once each interval, until the server stops.</summary>
    public static async Task EachAsync(TimeSpan interval, string job, Func<CancellationToken, Task> work, ILogger logger, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(interval);
        await EachAsync(async waited => await timer.WaitForNextTickAsync(waited), job, work, logger, ct);
    }

    /// <summary>Works whenever the wait is over, until the server stops or the wait says false.</summary>
    public static async Task EachAsync(Func<CancellationToken, Task<bool>> wait, string job, Func<CancellationToken, Task> work, ILogger logger, CancellationToken ct)
    {
        var failing = false;
        while (await wait(ct))
        {
            try
            {
                await work(ct);
                failing = false;
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // What there is to do waits in the database; once is enough to say so.
                if (!failing)
                    logger.LogWarning(failure, "{Job} failed, trying again", job);
                failing = true;
            }
        }
    }
}
