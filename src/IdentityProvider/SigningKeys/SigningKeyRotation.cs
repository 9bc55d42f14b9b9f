using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.SigningKeys;

/// <summary>
/// Makes, activates and removes keys when their time comes, and takes up what other nodes made, at most
/// <see cref="SigningKeySchedule.Poll"/> later.
/// </summary>
internal sealed class SigningKeyRotation(SigningKeyRing ring, TimeProvider clock, ILogger<SigningKeyRotation> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SigningKeySchedule.Poll, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await ring.LoadAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The keys in memory go on signing, and there are days before the next one is needed.
                logger.LogError(failure, "The signing keys could not be read; trying again in {Poll}", SigningKeySchedule.Poll);
            }
        }
    }
}
