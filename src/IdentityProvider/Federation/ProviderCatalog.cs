using System.Collections.Frozen;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using IdentityProvider.UpstreamProviders;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Federation;

/// <summary>
/// The providers in memory: the sign-in page costs no query for them. Each node looks every two seconds what changed, so one that is
/// added, changed or switched off is so everywhere without a restart.
/// </summary>
internal sealed class ProviderCatalog(IServiceScopeFactory scopes, ProviderOptions options, TimeProvider clock, ILogger<ProviderCatalog> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private readonly SemaphoreSlim loading = new(1, 1);
    private volatile FrozenDictionary<string, KnownProvider> providers = FrozenDictionary<string, KnownProvider>.Empty;

    /// <summary>Those with a button, in the order of their names.</summary>
    public IEnumerable<KnownProvider> Offered => providers.Values.Where(p => p.IsOffered).OrderBy(p => p.Row.DisplayName, StringComparer.CurrentCulture);

    public KnownProvider? Find(Guid id) => providers.Values.FirstOrDefault(p => p.Row.Id == id);

    public KnownProvider? Find(string? name) => name is null ? null : providers.GetValueOrDefault(name);

    /// <summary>Known before the first request comes.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Polling.EachAsync(Interval, "Reading the providers", LoadAsync, logger, stoppingToken);

    /// <summary>One after the other: whoever began to read earlier does not write later.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await loading.WaitAsync(ct);
        try
        {
            await ReadAsync(ct);
        }
        finally
        {
            loading.Release();
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        loading.Dispose();
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var known = providers;
        var versions = await db.Set<UpstreamProvider>().Select(p => new { p.Name, p.Version }).ToListAsync(ct);
        if (versions.Count == known.Count && versions.TrueForAll(v => known.GetValueOrDefault(v.Name)?.Row.Version == v.Version))
            return;

        // One that did not change keeps what it has: its keys are read already.
        var rows = await db.Set<UpstreamProvider>().AsNoTracking().ToListAsync(ct);
        providers = rows.ToFrozenDictionary(row => row.Name, row => known.GetValueOrDefault(row.Name) is { } same && same.Row.Version == row.Version ? same : new KnownProvider(row, options.Of(row), new Circuit(clock)));
    }
}
