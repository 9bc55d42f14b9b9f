using System.Net;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.ApiKeys;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace IdentityProvider.Tests.Backup;

/// <summary>A server goes into another database, and nobody notices.</summary>
public sealed class MovingDatabases : IDisposable
{
    private static readonly Uri issuer = new("http://localhost:5080");
    private readonly Workspace workspace = new();

    public static TheoryData<DatabaseProvider> Others => FreshDatabase.Providers;

    public void Dispose() => workspace.Dispose();

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Who_is_signed_in_stays_so_and_what_was_issued_goes_on(DatabaseProvider provider)
    {
        await using var old = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var next = FreshDatabase.Of(provider);
        var host = await IdpHost.StartAsync(new IdpSetup { Database = old.Options, Document = KeyBench.Document() });
        using var browser = new Browser(host);
        var tokens = await new RelyingParty(host, "trusted").TokensAsync(browser, "openid offline_access notes:read");
        var (_, key) = await KeyBench.MakeAsync(host, await KeyBench.TokenAsync(host));
        var keys = await host.Http.GetStringAsync(new Uri("/.well-known/jwks", UriKind.Relative));
        var at = host.Issuer;
        await host.DisposeAsync();

        await CreateAsync(next);
        var (code, output) = await MoveAsync(at, old, next);
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains($"Now set IdentityProvider:Database:Provider to {provider}", output, StringComparison.Ordinal);
        NpgsqlConnection.ClearAllPools();

        await using var moved = await IdpHost.StartAsync(new IdpSetup { Database = next.Options, Document = KeyBench.Document(), Issuer = at });
        var client = new RelyingParty(moved, "trusted");
        Assert.Equal(keys, await moved.Http.GetStringAsync(new Uri("/.well-known/jwks", UriKind.Relative)));
        Assert.NotEqual("", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("code"));
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Status);
        Assert.NotNull((await client.RefreshAsync(tokens["refresh_token"]!))["access_token"]);
        Assert.Equal("True", (await KeyBench.IntrospectAsync(moved, key))["active"]);

        // Who comes new gets new rows.
        using var other = new Browser(moved);
        Assert.NotNull((await client.TokensAsync(other, "openid offline_access", "grace"))["refresh_token"]);
        await KeyBench.MakeAsync(moved, await KeyBench.TokenAsync(moved));
        Assert.Equal(1, await moved.InStoreAsync(db => db.Set<AuditRecord>().CountAsync(r => r.Name == "backup.database_moved")));
        (code, output) = await moved.RunCommandAsync(next.Options, "audit", "verify");
        Assert.True(code == ExitCode.Done, output);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Every_row_goes_along_and_the_old_database_is_left_as_it_is(DatabaseProvider provider)
    {
        await using var old = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var next = FreshDatabase.Of(provider);
        await PreparedStore.CreateAsync(old.Options);
        await CreateAsync(next);
        await FilledStore.FillAsync(old.Options);
        var before = await FilledStore.ReadAsync(old.Options);
        NpgsqlConnection.ClearAllPools();
        var (code, output) = await MoveAsync(issuer, old, next);
        Assert.True(code == ExitCode.Done, output);
        var after = await FilledStore.ReadAsync(next.Options);
        Assert.All(before.Where(table => table.Key != "AuditRecords"), table => Assert.True(table.Value.SequenceEqual(after[table.Key]), table.Key));
        Assert.Equal(before["AuditRecords"].Count + 1, after["AuditRecords"].Count);
        Assert.All(await FilledStore.ReadAsync(old.Options), table => Assert.Equal(before[table.Key], table.Value));

        // What is there is somebody's.
        NpgsqlConnection.ClearAllPools();
        (code, output) = await MoveAsync(issuer, old, next);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("The other database is not empty", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_runs_stays_where_it_is()
    {
        await using var old = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var next = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await CreateAsync(next);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = old.Options });
        using var node = await HostProcess.StartAsync(host, old.Options);
        var (code, output) = await MoveAsync(host.Issuer, old, next);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("Stop every node of the server", output, StringComparison.Ordinal);
    }

    /// <summary>PostgreSQL's with its tables; a file is not there yet.</summary>
    private static Task CreateAsync(FreshDatabase database)
    {
        if (database.Options.Provider != DatabaseProvider.Sqlite)
            return PreparedStore.CreateAsync(database.Options);
        Directory.CreateDirectory(database.Folder);
        return Task.CompletedTask;
    }

    private Task<(int Code, string Output)> MoveAsync(Uri issuer, FreshDatabase from, FreshDatabase to) =>
        Commands.RunAsync(issuer, from.Options, [], "move", "--to-provider", to.Options.Provider.ToString(), "--to-connection-file", workspace.Write("connection", to.Options.ConnectionString));
}
