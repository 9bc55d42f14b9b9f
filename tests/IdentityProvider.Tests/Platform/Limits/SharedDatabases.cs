using IdentityProvider.Authorize;
using IdentityProvider.Clients;
using IdentityProvider.Email;
using IdentityProvider.Mfa;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Themes;
using IdentityProvider.Users;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Xunit;

namespace IdentityProvider.Tests.Platform.Limits;

/// <summary>
/// A SQLite file and, where TEST_POSTGRES holds an admin connection string, a PostgreSQL database of this run. Nodes of
/// a test share one of them as the nodes of a deployment do.
/// </summary>
public sealed class SharedDatabases : IAsyncLifetime
{
    private static readonly string? Postgres = Environment.GetEnvironmentVariable("TEST_POSTGRES");
    private readonly string name = $"idp_test_{Guid.CreateVersion7():N}";
    private readonly byte[] masterKey = new byte[32];

    public static TheoryData<DatabaseProvider> Providers => Postgres is null
        ? [DatabaseProvider.Sqlite]
        : [DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql];

    public async Task InitializeAsync()
    {
        foreach (var provider in Providers)
        {
            using var node = Node(provider);
            await using var scope = node.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Store>().Database.EnsureCreatedAsync();
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var provider in Providers)
        {
            using var node = Node(provider);
            await using var scope = node.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Store>().Database.EnsureDeletedAsync();
        }
    }

    /// <summary>A node: the services under test over the shared database, with a clock that the test moves.</summary>
    public ServiceProvider Node(DatabaseProvider provider, FakeTimeProvider? clock = null, params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"IdentityProvider:{s.Key}", (string?)s.Value))).Build());
        services.AddLogging(log => log.SetMinimumLevel(LogLevel.None));
        services.AddSingleton<TimeProvider>(clock ?? new FakeTimeProvider());
        services.AddSingleton(new MasterKey(masterKey));
        services.AddDbContext<Store>(options => options.UseProvider(new DatabaseOptions { Provider = provider, ConnectionString = ConnectionString(provider) }));
        services.AddMetrics().AddEvents();
        services.AddSingleton<IHostEnvironment>(new HostingEnvironment { EnvironmentName = Environments.Production });
        services.AddSettings<IdentityProviderOptions>("");
        services.AddNetwork().AddLimits().AddUsers().AddRoles().AddClients().AddSessions().AddThemes().AddEmail().AddScoped<SecondFactors>().AddMfa();
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    /// <summary>Two nodes of one deployment on one clock.</summary>
    internal (ServiceProvider A, ServiceProvider B) TwoNodes(DatabaseProvider provider, FakeTimeProvider clock, params (string Key, string Value)[] settings) =>
        (Node(provider, clock, settings), Node(provider, clock, settings));

    private string ConnectionString(DatabaseProvider provider) => provider is DatabaseProvider.Sqlite
        ? $"Data Source={Path.Combine(Path.GetTempPath(), name)}.db"
        : new NpgsqlConnectionStringBuilder(Postgres) { Database = name }.ConnectionString;
}

[CollectionDefinition(Name)]
public sealed class SharedDatabasesCollection : ICollectionFixture<SharedDatabases>
{
    public const string Name = "Shared databases";
}

internal static class NodeExtensions
{
    public static T Get<T>(this ServiceProvider node)
        where T : notnull => node.GetRequiredService<T>();

    public static async Task<TResult> InStoreAsync<TResult>(this ServiceProvider node, Func<Store, Task<TResult>> work)
    {
        await using var scope = node.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<Store>());
    }

    /// <summary>A user of its own for each test, so that no test needs another to be clean.</summary>
    public static Task<User> NewUserAsync(this ServiceProvider node) => node.InStoreAsync(async db =>
    {
        var name = $"User-{Guid.CreateVersion7():N}";
        var user = new User
        {
            UserName = name,
            NormalizedUserName = UserNames.Normalize(name),
            Email = $"{name}@example.com",
            NormalizedEmail = UserNames.Normalize($"{name}@example.com"),
        };
        db.Add(user);
        await db.SaveChangesAsync();
        return user;
    });

    public static string NewKey() => Guid.CreateVersion7().ToString("N");
}
