using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Audit;

/// <summary>Chains what was recorded, each second, on one of the nodes. When that one dies another goes on within <see cref="Held"/>.</summary>
internal sealed class AuditChainJob(IServiceScopeFactory scopes, EventLog events, TimeProvider clock, ILogger<AuditChainJob> logger) : BackgroundService
{
    public const string Job = "audit-chain";
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), Held = TimeSpan.FromSeconds(10);

    private readonly Guid self = Guid.CreateVersion7(clock.GetUtcNow());
    private ChainEnd known = ChainEnd.None;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Polling.EachAsync(Interval, "Chaining the audit", ChainIfLeaderAsync, logger, stoppingToken);

    /// <summary>Nothing to do costs one read, and nobody writes.</summary>
    private async Task ChainIfLeaderAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        if (await scope.ServiceProvider.GetRequiredService<AuditChain>().IsWaitingAsync(ct)
            && await Lease.TryTakeAsync(scope.ServiceProvider.GetRequiredService<Store>(), Job, self, now, now + Held, ct))
            await ChainAsync(ct);
    }

    public async Task ChainAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var chain = scope.ServiceProvider.GetRequiredService<AuditChain>();
        Compare(await chain.EndAsync(ct));
        while (await chain.AppendAsync(ct))
        {
        }

        known = await chain.EndAsync(ct);
    }

    /// <summary>A chain never gets shorter. One that did was cut, or the database was put back to an earlier day.</summary>
    private void Compare(ChainEnd end)
    {
        if (end.Sequence > known.Sequence || end == known)
            return;
        logger.LogCritical("The audit ends at {Sequence} and ended at {Known} before: records are missing", end.Sequence, known.Sequence);
        events.Raise(new ChainShortened(known.Sequence, known.Hash, end.Sequence));
    }
}

/// <summary>Records that this node has seen are gone.</summary>
internal sealed record ChainShortened(long Known, string Hash, long Found) : IEvent
{
    public string Name => "audit.chain_shortened";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("known", Known), new("hash", Hash), new("found", Found)];
    public EventResult Result => EventResult.Failed;
}
