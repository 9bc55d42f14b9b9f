using System.Text;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Tests.SigningKeys;

/// <summary>One process with the SigningKeys room, on a database that others may share.</summary>
internal sealed class Node(DatabaseOptions database, TimeProvider clock, string master = "the master key of these tests", params (string Name, string Value)[] settings) : IAsyncDisposable
{
    private readonly ServiceProvider services = Build(database, clock, master, settings);

    public IServiceProvider Services => services;
    public SigningKeyRing Ring => services.GetRequiredService<SigningKeyRing>();
    public SigningKeyStore Store => services.GetRequiredService<SigningKeyStore>();

    public static async Task CreateTablesAsync(DatabaseOptions database)
    {
        await using var db = new Store(((DbContextOptionsBuilder<Store>)new DbContextOptionsBuilder<Store>().UseProvider(database)).Options);
        await db.Database.EnsureCreatedAsync();
    }

    public async Task<List<SigningKey>> RowsAsync()
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Store>().Set<SigningKey>().AsNoTracking().OrderBy(k => k.ActivatesAt).ToListAsync();
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private static ServiceProvider Build(DatabaseOptions database, TimeProvider clock, string master, (string Name, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"IdentityProvider:SigningKeys:{s.Name}", (string?)s.Value)))
            .Build());
        services.AddLogging(log => log.SetMinimumLevel(LogLevel.None));
        services.AddSingleton(clock);
        services.AddEvents();
        services.AddSingleton(new MasterKey(Encoding.ASCII.GetBytes(master.PadRight(32)[..32])));
        services.AddDbContext<Store>(options => options.UseProvider(database));
        services.AddOpenIddict().AddServer(server => server.AllowClientCredentialsFlow().SetTokenEndpointUris("connect/token"));
        services.AddSigningKeys();
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}
