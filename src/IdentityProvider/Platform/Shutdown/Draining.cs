using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Shutdown;

/// <summary>
/// The time between the word to stop and the moment nobody is taken any more. A node that stops listening at once cuts off whoever was sent to it by a
/// balancer that has not heard yet.
/// </summary>
internal sealed class Draining(IHostApplicationLifetime lifetime, IOptions<ShutdownOptions> options, IHostEnvironment environment, ILogger<Draining> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);
    private volatile bool hasBegun;

    public bool HasBegun => hasBegun || lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Before any service is stopped: all of them work on.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        hasBegun = true;
        var delay = options.Value.Delay ?? (environment.IsDevelopment() ? TimeSpan.Zero : Usual);
        if (delay <= TimeSpan.Zero)
            return;
        logger.LogInformation("Stopping: not ready from now on, still answering for {Delay}", delay);
        await Task.Delay(delay, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
