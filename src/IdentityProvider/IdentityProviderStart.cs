using IdentityProvider.Platform;
using IdentityProvider.Platform.Redis;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Setup;
using IdentityProvider.SigningKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityProvider;

/// <summary>What happens before the first request: the schema, the keys, the setup documents, and in Development a word of welcome; and after it, the way in where there is no administrator.</summary>
internal sealed class IdentityProviderStart(IServiceProvider services, IHostEnvironment environment, IHostApplicationLifetime lifetime, ILogger<IdentityProviderStart> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using (var scope = services.CreateAsyncScope())
            await PrepareSchemaAsync(scope.ServiceProvider.GetRequiredService<Store>(), cancellationToken);
        services.GetRequiredService<MasterKey>().Open();
        await services.GetRequiredService<SigningKeyRing>().LoadAsync(cancellationToken);
        await services.GetRequiredService<SetupRunner>().ApplyAllAsync(cancellationToken);
        if (services.GetRequiredService<IOptions<RedisOptions>>().Value is { Sessions: true } or { KeyRing: true })
            await services.GetRequiredService<RedisServer>().PingAsync();
        if (environment.IsDevelopment())
            lifetime.ApplicationStarted.Register(() => _ = WelcomeAsync());
    }

    /// <summary>Many nodes of a production start at once: one of them must not change the schema under the others unasked.</summary>
    private async Task PrepareSchemaAsync(Store db, CancellationToken ct)
    {
        var pending = (await db.Database.GetPendingMigrationsAsync(ct)).ToList();
        if (pending.Count == 0)
            return;
        if (!environment.IsDevelopment())
            throw new SchemaBehindException(pending);
        await db.Database.MigrateAsync(ct);
    }

    private async Task WelcomeAsync()
    {
        var lines = new List<string> { $"Issuer: {services.GetRequiredService<IOptions<IdentityProviderOptions>>().Value.Issuer}" };
        foreach (var user in await DemoUser.ReadAsync(services.GetRequiredService<IOptions<SetupOptions>>().Value, CancellationToken.None))
            lines.Add($"Demo user: {user.Username}  password: {user.Password}");
        lines.Add("Open the issuer in a browser, then run a sample: dotnet run --project samples/Web");
        logger.LogInformation("{Welcome}", string.Join(Environment.NewLine + "      ", lines));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The server answers by now: who reads the link can open it.</summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<FirstAdministrator>().OfferAsync(cancellationToken);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The database is older than the program; says the command that brings it up.</summary>
internal sealed class SchemaBehindException(IReadOnlyCollection<string> pending) : Exception(
    $"The database schema is behind by {pending.Count} migration(s), the last being {pending.Last()}. Run this program once with the command: migrate");
