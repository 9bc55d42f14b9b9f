using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;

namespace IdentityProvider.Tests.Tokens;

/// <summary>Two servers over one database, with one issuer.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    public const int Parallel = 16;
    private readonly FreshDatabase database;

    private TwoNodes(FreshDatabase database, IdpHost first, IdpHost second) => (this.database, First, Second) = (database, first, second);

    public IdpHost First { get; }
    public IdpHost Second { get; }

    public static async Task<TwoNodes> StartAsync(DatabaseProvider provider, string? document = null, TimeProvider? clock = null, Dictionary<string, string>? settings = null)
    {
        var database = FreshDatabase.Of(provider);
        var setup = new IdpSetup { Document = document, Clock = clock, Database = database.Options, Issuer = new Uri($"http://localhost:{IdpHost.FreePort()}"), Settings = settings ?? [] };
        var isPrepared = provider == DatabaseProvider.Sqlite && await PreparedStore.CopyAsync(setup, database.File);
        var first = await IdpHost.StartAsync(setup);
        if (provider == DatabaseProvider.Sqlite && !isPrepared)
            PreparedStore.Keep(setup, database.File);
        return new TwoNodes(database, first, await IdpHost.StartAsync(setup with { Port = IdpHost.FreePort() }));
    }

    /// <summary>The same request many times at once, in turn to one node and the other, or all to the first.</summary>
    public Task<Answer[]> RaceAsync(Func<IdpHost, Task<Answer>> request, bool both = true) =>
        Task.WhenAll(Enumerable.Range(0, Parallel).Select(i => Task.Run(() => request(both && i % 2 == 1 ? Second : First))));

    public async ValueTask DisposeAsync()
    {
        await Second.DisposeAsync();
        await First.DisposeAsync();
        await database.DisposeAsync();
    }
}
