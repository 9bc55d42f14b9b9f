using System.Threading.Channels;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Audit.Admin;

/// <summary>
/// Tells those who look at the audit what comes to it, from whichever node: one question by number each moment, however many listen, and none while
/// nobody does. What a listener is told begins behind <see cref="Listener.Begin"/> and has no gap.
/// </summary>
internal sealed class LiveTail(IServiceScopeFactory scopes, ILogger<LiveTail> logger) : BackgroundService
{
    public const int PerPerson = 3, Most = 100;
    private const int AtOnce = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock gate = new();
    private readonly List<Listener> listeners = [];
    private long last;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Polling.EachAsync(Interval, "Showing the audit as it is written", LookAsync, logger, stoppingToken);

    /// <summary>Null: this person, or everybody together, looks at too many already.</summary>
    public Listener? Join(Guid person)
    {
        lock (gate)
        {
            if (listeners.Count >= Most || listeners.Count(l => l.Person == person) >= PerPerson)
                return null;
            var listener = new Listener(person, Leave);
            listeners.Add(listener);
            return listener;
        }
    }

    private void Leave(Listener listener)
    {
        lock (gate)
            listeners.Remove(listener);
    }

    private async Task LookAsync(CancellationToken ct)
    {
        List<Listener> now;
        lock (gate)
            now = [.. listeners];
        if (now.Count == 0)
            return;
        await using var scope = scopes.CreateAsyncScope();
        var records = scope.ServiceProvider.GetRequiredService<Store>().Set<AuditRecord>().AsNoTracking().Where(r => r.Sequence > 0);
        if (!now.Exists(listener => listener.Begin.IsCompleted))
        {
            // Nobody listened, so nobody missed what came meanwhile; each newcomer reads for themselves what they have not seen.
            last = await records.MaxAsync(r => (long?)r.Sequence, ct) ?? 0;
        }

        while (true)
        {
            var news = await records.Where(r => r.Sequence > last).OrderBy(r => r.Sequence).Take(AtOnce).ToListAsync(ct);
            foreach (var listener in now)
                listener.Tell(last, news);
            if (news.Count > 0)
                last = news[^1].Sequence;
            if (news.Count < AtOnce)
                return;
        }
    }
}

/// <summary>One page that shows the audit as it is written.</summary>
internal sealed class Listener(Guid person, Action<Listener> leave) : IDisposable
{
    private const int Waiting = 200;

    private readonly Channel<IReadOnlyList<AuditRecord>> channel = Channel.CreateBounded<IReadOnlyList<AuditRecord>>(Waiting);
    private readonly TaskCompletionSource<long> begin = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid Person => person;

    /// <summary>The last record before the first that is told.</summary>
    public Task<long> Begin => begin.Task;

    public ChannelReader<IReadOnlyList<AuditRecord>> News => channel.Reader;

    /// <summary>Who reads too slowly is let go, and comes back with the number of what they have seen.</summary>
    public void Tell(long after, IReadOnlyList<AuditRecord> records)
    {
        begin.TrySetResult(after);
        if (records.Count > 0 && !channel.Writer.TryWrite(records))
            channel.Writer.TryComplete();
    }

    public void Dispose() => leave(this);
}
