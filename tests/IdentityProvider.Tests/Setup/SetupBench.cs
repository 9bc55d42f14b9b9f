using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Setup;
using IdentityProvider.Tests.Testing;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using IdentityProvider.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace IdentityProvider.Tests.Setup;

/// <summary>The room with a database and nothing else.</summary>
internal sealed class SetupBench : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public SetupBench(bool withAuthenticators = true)
    {
        var collection = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddLogging().AddMetrics().AddEvents()
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton(Passwords)
            .AddSingleton<CommonPasswords>()
            .AddSingleton<PasswordRules>()
            .AddTestStore(Workspace)
            .AddSingleton(new MasterKey(new byte[32]))
            .AddUpstreamProviders()
            .AddSingleton<WebhookSecrets>()
            .AddSetup();
        if (withAuthenticators)
            collection.AddSingleton<IAuthenticatorImport>(Authenticators);
        services = collection.BuildServiceProvider();
        ReadAsync(db => db.Database.EnsureCreatedAsync()).GetAwaiter().GetResult();
    }

    public Workspace Workspace { get; } = new();

    /// <summary>Argon2id at its lowest cost: what is tested is when a password is hashed.</summary>
    public static Passwords Passwords { get; } = new(Options.Create(new UsersOptions { Argon2MemoryKiB = 7_168, Argon2Passes = 1 }), Meters.Unheard);

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public RememberedAuthenticators Authenticators { get; } = new();

    public SetupRunner Runner => services.GetRequiredService<SetupRunner>();

    public async Task<string[]> ApplyAsync(params string[] documents)
    {
        var paths = documents.Select((text, i) => Workspace.Write($"setup{i}.json", text)).ToArray();
        return [.. (await Runner.ApplyAsync(paths, default)).SelectMany(result => result.Counts).Select(count => count.ToString())];
    }

    public async Task<T> ReadAsync<T>(Func<Store, Task<T>> read)
    {
        await using var scope = services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<Store>());
    }

    /// <summary>Every row of every table, to be compared whole.</summary>
    public Task<string> DumpAsync() => ReadAsync(async db =>
    {
        var lines = new List<string>();
        await db.Database.OpenConnectionAsync();
        foreach (var table in db.Model.GetEntityTypes().Select(type => type.GetTableName()).OfType<string>().Distinct().Order(StringComparer.Ordinal))
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // The name is the model's.
            command.CommandText = $"select * from \"{table}\"";
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                lines.Add($"{table}: {string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i)))}");
        }

        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    });

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        Workspace.Dispose();
    }

    internal sealed class RememberedAuthenticators : IAuthenticatorImport
    {
        public Dictionary<Guid, string> Secrets { get; } = [];

        public Task ImportTotpAsync(Store db, Guid userId, string base32Secret, CancellationToken ct)
        {
            Secrets[userId] = base32Secret;
            return Task.CompletedTask;
        }
    }
}
