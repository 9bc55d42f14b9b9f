using System.Threading.Channels;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.ApiKeys;

/// <summary>
/// Who used which key when, from where and for what: collected in memory and written each second, many in one statement, so that a use costs
/// its caller nothing. What a crash of the process takes with it is the last second.
/// </summary>
internal sealed class UseLog(IServiceScopeFactory scopes, ILogger<UseLog> logger) : BackgroundService
{
    public const int Capacity = 20_000, Batch = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim writing = new(1);
    private readonly Channel<ApiKeyUse> waiting = Channel.CreateBounded<ApiKeyUse>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite },
        dropped => logger.LogWarning("The use log of API keys is full: a use of key {Key} is not written down", dropped.ApiKeyId));

    public void Add(ApiKeyUse use) => waiting.Writer.TryWrite(use);

    /// <summary>Writes what waits.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        await writing.WaitAsync(ct);
        try
        {
            while (true)
            {
                var batch = new List<ApiKeyUse>(Batch);
                while (batch.Count < Batch && waiting.Reader.TryRead(out var use))
                    batch.Add(use);
                if (batch.Count == 0)
                    return;
                await WriteAsync(batch, ct);
            }
        }
        finally
        {
            writing.Release();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            using var patience = new CancellationTokenSource(Polling.LastTurn);
            await WriteAsync(patience.Token);
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "The last uses of API keys could not be written down");
        }
    }

    public override void Dispose()
    {
        writing.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Polling.EachAsync(Interval, "Writing the use log of API keys", WriteAsync, logger, stoppingToken);

    private async Task WriteAsync(List<ApiKeyUse> batch, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // Somebody may have left since; of them nothing is kept.
        var owners = batch.Select(use => use.UserId).Distinct().ToList();
        var here = (await db.Set<User>().Where(u => owners.Contains(u.Id)).Select(u => u.Id).ToListAsync(ct)).ToHashSet();
        db.AddRange(batch.Where(use => here.Contains(use.UserId)));
        await db.SaveChangesAsync(ct);
        foreach (var uses in batch.Where(use => use.Refusal is null).GroupBy(use => use.ApiKeyId).OrderBy(uses => uses.Key))
        {
            var (key, last) = (uses.Key, uses.Max(use => use.At));
            await db.Set<ApiKey>().Where(k => k.Id == key && (k.LastUsedAt == null || k.LastUsedAt < last)).ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsedAt, last), ct);
        }

        await transaction.CommitAsync(ct);
    }
}
