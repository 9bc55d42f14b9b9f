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

/// <summary>What an old state must not bring back: neither what was taken back since, nor what was issued since.</summary>
public sealed class Restoring
{
    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    /// <summary>A server, its backup, and what people and programs hold: from before the backup, and from after it.</summary>
    private sealed class Story(IdpHost server, Workspace workspace, DatabaseOptions database) : IDisposable
    {
        public const string Scope = "openid offline_access notes:read";

        public Browser Before { get; } = new(server);
        public Browser After { get; } = new(server);
        public Answer Old { get; private set; } = null!;
        public Answer New { get; private set; } = null!;
        public string OldKey { get; private set; } = "";
        public string NewKey { get; private set; } = "";
        public string NewCode { get; private set; } = "";
        public RelyingParty Coded { get; } = new(server, "trusted");
        public string File { get; } = Path.Combine(workspace.Folder, "one.backup");

        public string Kid => RelyingParty.Header(New["access_token"]!).GetProperty("kid").GetString()!;

        public async Task TellAsync(Dictionary<string, string> settings)
        {
            var token = await KeyBench.TokenAsync(server);
            Old = await new RelyingParty(server, "trusted").TokensAsync(Before, Scope);
            (var id, OldKey) = await KeyBench.MakeAsync(server, token);
            var (code, output) = await Commands.RunAsync(server.Issuer, database, settings, "backup", "--to", File);
            Assert.True(code == ExitCode.Done, output);
            New = await new RelyingParty(server, "trusted").TokensAsync(After, Scope);
            (_, NewKey) = await KeyBench.MakeAsync(server, token);
            Assert.Equal(HttpStatusCode.NoContent, (await KeyBench.SendAsync(server, HttpMethod.Delete, $"/api/keys/{id}", token)).Status);
            using var browser = new Browser(server);
            NewCode = (await Coded.SignInAsync(browser)).Query("code");
            await AssertAliveAsync(server, New["access_token"]!, true);
        }

        public void Dispose()
        {
            Before.Dispose();
            After.Dispose();
        }
    }

    private static async Task AssertAliveAsync(IdpHost host, string token, bool alive)
    {
        Assert.Equal(alive ? "True" : "False", (await new RelyingParty(host, TestDocument.Api).PostAsync("/connect/introspect", ("token", token)))["active"]);
        if (token.StartsWith("ey", StringComparison.Ordinal))
            Assert.Equal(alive ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, (await new RelyingParty(host, "trusted").GetAsync("/connect/userinfo", token)).Status);
    }

    private static async Task<bool> IsSignedInAsync(IdpHost host, Browser browser) =>
        (await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl("openid", ("prompt", "none")))).Query("error") == "";

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Nothing_that_was_issued_lives_on_and_nothing_that_was_revoked_comes_back(DatabaseProvider provider)
    {
        await using var first = FreshDatabase.Of(provider);
        await using var second = FreshDatabase.Of(provider);
        using var workspace = new Workspace();
        var host = await IdpHost.StartAsync(new IdpSetup { Database = first.Options, Document = KeyBench.Document() });
        using var story = new Story(host, workspace, first.Options);
        await story.TellAsync([]);
        var issuer = host.Issuer;
        await host.DisposeAsync();

        await PreparedStore.CreateAsync(second.Options);
        var (code, output) = await Commands.RunAsync(issuer, second.Options, [], "restore", "--from", story.File);
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains("2 sessions, ", output, StringComparison.Ordinal);
        Assert.Contains("1 API keys", output, StringComparison.Ordinal);
        NpgsqlConnection.ClearAllPools();

        await using var back = await IdpHost.StartAsync(new IdpSetup { Database = second.Options, Document = KeyBench.Document(), Issuer = issuer });
        Assert.False(await IsSignedInAsync(back, story.Before));
        Assert.False(await IsSignedInAsync(back, story.After));
        var client = new RelyingParty(back, "trusted");
        foreach (var tokens in new[] { story.Old, story.New })
        {
            Assert.Equal("invalid_grant", (await client.RefreshAsync(tokens["refresh_token"]!)).Error);
            await AssertAliveAsync(back, tokens["access_token"]!, false);
        }

        Assert.Equal("invalid_grant", (await new RelyingParty(back, "trusted") { Verifier = story.Coded.Verifier }.RedeemAsync(story.NewCode)).Error);
        await AssertAliveAsync(back, story.OldKey, false);
        await AssertAliveAsync(back, story.NewKey, false);
        Assert.DoesNotContain(story.Kid, await back.Http.GetStringAsync(new Uri("/.well-known/jwks", UriKind.Relative)), StringComparison.Ordinal);

        // Who knows a password is back at once, and the audit goes on behind its record of then.
        using var browser = new Browser(back);
        await AssertAliveAsync(back, (await client.TokensAsync(browser, Story.Scope))["access_token"]!, true);
        Assert.Equal(1, await back.InStoreAsync(db => db.Set<AuditRecord>().CountAsync(r => r.Name == "backup.restored")));
        (code, output) = await back.RunCommandAsync(second.Options, "audit", "verify");
        Assert.True(code == ExitCode.Done, output);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task What_lived_at_the_backup_lives_where_that_is_wanted_and_nothing_younger(DatabaseProvider provider)
    {
        await using var first = FreshDatabase.Of(provider);
        await using var second = FreshDatabase.Of(provider);
        using var workspace = new Workspace();
        var host = await IdpHost.StartAsync(new IdpSetup { Database = first.Options, Document = KeyBench.Document() });
        using var story = new Story(host, workspace, first.Options);
        await story.TellAsync([]);
        var issuer = host.Issuer;
        await host.DisposeAsync();

        await PreparedStore.CreateAsync(second.Options);
        var (code, output) = await Commands.RunAsync(issuer, second.Options, [], "restore", "--from", story.File, "--keep-sessions", "--keep-api-keys");
        Assert.True(code == ExitCode.Done, output);
        Assert.DoesNotContain("sessions", output, StringComparison.Ordinal);
        NpgsqlConnection.ClearAllPools();

        await using var back = await IdpHost.StartAsync(new IdpSetup { Database = second.Options, Document = KeyBench.Document(), Issuer = issuer });
        Assert.True(await IsSignedInAsync(back, story.Before));
        Assert.False(await IsSignedInAsync(back, story.After));
        var client = new RelyingParty(back, "trusted");
        Assert.NotNull((await client.RefreshAsync(story.Old["refresh_token"]!))["access_token"]);
        Assert.Equal("invalid_grant", (await client.RefreshAsync(story.New["refresh_token"]!)).Error);
        Assert.Equal("invalid_grant", (await new RelyingParty(back, "trusted") { Verifier = story.Coded.Verifier }.RedeemAsync(story.NewCode)).Error);
        await AssertAliveAsync(back, story.OldKey, true);
        await AssertAliveAsync(back, story.NewKey, false);
    }

    [RedisFact]
    public async Task Redis_forgets_with_the_old_state()
    {
        await using var first = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var ended = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var kept = FreshDatabase.Of(DatabaseProvider.Sqlite);
        using var workspace = new Workspace();
        var redis = TestRedis.Settings();
        var host = await IdpHost.StartAsync(new IdpSetup { Database = first.Options, Document = KeyBench.Document(), Settings = redis });
        using var story = new Story(host, workspace, first.Options);
        await story.TellAsync(redis);
        Assert.True(await IsSignedInAsync(host, story.After));
        var issuer = host.Issuer;
        await host.DisposeAsync();

        await PreparedStore.CreateAsync(kept.Options);
        var (code, output) = await Commands.RunAsync(issuer, kept.Options, redis, "restore", "--from", story.File, "--keep-sessions");
        Assert.True(code == ExitCode.Done, output);
        await using (var back = await IdpHost.StartAsync(new IdpSetup { Database = kept.Options, Document = KeyBench.Document(), Issuer = issuer, Settings = redis }))
        {
            Assert.True(await IsSignedInAsync(back, story.Before));
            Assert.False(await IsSignedInAsync(back, story.After));
        }

        await PreparedStore.CreateAsync(ended.Options);
        (code, output) = await Commands.RunAsync(issuer, ended.Options, redis, "restore", "--from", story.File);
        Assert.True(code == ExitCode.Done, output);
        await using (var back = await IdpHost.StartAsync(new IdpSetup { Database = ended.Options, Document = KeyBench.Document(), Issuer = issuer, Settings = redis }))
            Assert.False(await IsSignedInAsync(back, story.Before));

        // A Redis that does not answer might still know who is signed in.
        await using var third = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await PreparedStore.CreateAsync(third.Options);
        (code, output) = await Commands.RunAsync(issuer, third.Options, new(redis) { ["Redis:Configuration"] = "127.0.0.1:1,connectTimeout=200" }, "restore", "--from", story.File);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("Redis does not do what is asked of it", output, StringComparison.Ordinal);
        Assert.All(await FilledStore.ReadAsync(third.Options), table => Assert.Empty(table.Value));
    }
}
