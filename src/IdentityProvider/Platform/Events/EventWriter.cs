using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Platform.Events;

/// <summary>
/// Writes what waits in the queue, a batch at a time, so that no request waits for it. A crash loses what is younger than <see cref="Interval"/> and
/// no change with it; an orderly shutdown loses nothing.
/// </summary>
internal sealed class EventWriter(EventQueue queue, IServiceScopeFactory scopes, TimeProvider clock, ILogger<EventWriter> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private const int BatchSize = 500;

    private readonly SemaphoreSlim turn = new(1);
    private readonly List<AuditRecord> batch = [];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Polling.EachAsync(Interval, "Writing the audit", FlushAsync, logger, stoppingToken);

    /// <summary>After the server: hosted services stop in the reverse order of their start, and this one is of the first.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            using var patience = new CancellationTokenSource(Polling.LastTurn);
            await FlushAsync(patience.Token);
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "{Count} events of this last moment are in the log only: the audit could not be written", batch.Count + queue.Reader.Count);
        }
    }

    public async Task FlushAsync(CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            if (queue.TakeLost() is > 0 and var lost)
                batch.Add(AuditRecord.Of(new EventsLost(lost), Origin.Of(null), clock.GetUtcNow()));
            do
            {
                while (batch.Count < BatchSize && queue.Reader.TryRead(out var record))
                    batch.Add(record);
                if (batch.Count == 0)
                    return;
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<Store>();
                db.AddRange(batch);
                await db.SaveChangesAsync(ct);
                batch.Clear();
            }
            while (queue.Reader.Count > 0);
        }
        finally
        {
            turn.Release();
        }
    }

    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }
}

/// <summary>So many events are in the log only: they came faster than the database took them.</summary>
internal sealed record EventsLost(long Count) : IEvent
{
    public string Name => "audit.events_lost";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("count", Count)];
    public EventResult Result => EventResult.Failed;
}
