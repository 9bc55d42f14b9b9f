using System.Collections.Concurrent;
using IdentityProvider.Platform.Network;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Platform.Jobs;

/// <summary>
/// What one node sends to others at a time: so many lines, and only some of them to one receiver, so that one who hangs keeps nobody else waiting.
/// What is to be sent lies in the database; it is taken by moving its due time by <see cref="Lease"/> in one conditional write. Who dies with it in hand
/// leaves it to the other nodes.
/// </summary>
/// <param name="count">The lines.</param>
/// <param name="perReceiver">Of them to one receiver.</param>
/// <param name="logger">Hears of what failed unforeseen.</param>
internal sealed class OutgoingLines(int count, int perReceiver, ILogger logger) : IDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, int> busy = new();
    private readonly SemaphoreSlim lines = new(count);

    /// <summary>Those who have no line left: what is theirs need not be looked for.</summary>
    public List<Guid> Full => [.. busy.Where(b => b.Value >= perReceiver).Select(b => b.Key)];

    /// <summary>Waits for a line, takes what is to be sent, and goes on while it is delivered.</summary>
    /// <param name="receiver">Whose it is.</param>
    /// <param name="takeAsync">False when another node was faster.</param>
    /// <param name="deliverAsync">Whatever becomes of it is written down there.</param>
    /// <param name="ct">Stops those under way, too.</param>
    public async Task SendAsync(Guid receiver, Func<Task<bool>> takeAsync, Func<CancellationToken, Task> deliverAsync, CancellationToken ct)
    {
        if (busy.GetValueOrDefault(receiver) >= perReceiver)
            return;
        await lines.WaitAsync(ct);
        var taken = false;
        try
        {
            taken = await takeAsync();
        }
        finally
        {
            // A database that is away must not use the lines up.
            if (!taken)
                lines.Release();
        }

        if (!taken)
            return;
        busy.AddOrUpdate(receiver, 1, (_, count) => count + 1);
        _ = DeliverAsync(receiver, deliverAsync, ct);
    }

    /// <summary>At the end of the server: those under way give up at once and write down nothing; the lease brings them back.</summary>
    public async Task DrainAsync()
    {
        for (var line = 0; line < count; line++)
            await lines.WaitAsync(OutgoingHttp.Timeout, CancellationToken.None);
    }

    private async Task DeliverAsync(Guid receiver, Func<CancellationToken, Task> deliverAsync, CancellationToken ct)
    {
        try
        {
            await deliverAsync(ct);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (Exception failure)
        {
            // Its due time has been moved: it is tried again when the lease is over.
            logger.LogWarning(failure, "What is to be sent to {Receiver} could not be handled and is tried again", receiver);
        }
        finally
        {
            busy.AddOrUpdate(receiver, 0, (_, count) => count - 1);
            lines.Release();
        }
    }

    public void Dispose() => lines.Dispose();
}
