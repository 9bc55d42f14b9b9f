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

        public Uri Issuer => server.Issuer;

        /// <summary>The whole of it, on a server that is stopped then.</summary>
        public static async Task<Story> TellAsync(FreshDatabase database, Workspace workspace, Dictionary<string, string> settings)
        {
            await using var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Document = KeyBench.Document(), Settings = settings });
            var story = new Story(host, workspace, database.Options);
            await story.TellAsync(settings);
            return story;
        }

        private async Task TellAsync(Dictionary<string, string> settings)
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
            Assert.True(await IsSignedInAsync(server, After));
        }

        /// <summary>Puts the backup into an empty database and starts a server on it.</summary>
        public async Task<(IdpHost Back, string Output)> RestoreAsync(FreshDatabase target, Dictionary<string, string> settings, params string[] options)
        {
            await PreparedStore.CreateAsync(target.Options);
            var (code, output) = await Commands.RunAsync(Issuer, target.Options, settings, ["restore", "--from", File, .. options]);
            Assert.True(code == ExitCode.Done, output);
            NpgsqlConnection.ClearAllPools();
            return (await IdpHost.StartAsync(new IdpSetup { Database = target.Options, Document = KeyBench.Document(), Issuer = Issuer, Settings = settings }), output);
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
        using var story = await Story.TellAsync(first, workspace, []);
        var (back, output) = await story.RestoreAsync(second, []);
        await using var running = back;
        Assert.Contains("2 sessions, ", output, StringComparison.Ordinal);
        Assert.Contains("1 API keys", output, StringComparison.Ordinal);
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
        var (code, verified) = await back.RunCommandAsync(second.Options, "audit", "verify");
        Assert.True(code == ExitCode.Done, verified);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task What_lived_at_the_backup_lives_where_that_is_wanted_and_nothing_younger(DatabaseProvider provider)
    {
        await using var first = FreshDatabase.Of(provider);
        await using var second = FreshDatabase.Of(provider);
        using var workspace = new Workspace();
        using var story = await Story.TellAsync(first, workspace, []);
        var (back, output) = await story.RestoreAsync(second, [], "--keep-sessions", "--keep-api-keys");
        await using var running = back;
        Assert.DoesNotContain("sessions", output, StringComparison.Ordinal);
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
        using var story = await Story.TellAsync(first, workspace, redis);

        var (back, _) = await story.RestoreAsync(kept, redis, "--keep-sessions");
        await using (back)
        {
            Assert.True(await IsSignedInAsync(back, story.Before));
            Assert.False(await IsSignedInAsync(back, story.After));
        }

        (back, _) = await story.RestoreAsync(ended, redis);
        await using (back)
            Assert.False(await IsSignedInAsync(back, story.Before));

        // A Redis that does not answer might still know who is signed in.
        await using var third = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await PreparedStore.CreateAsync(third.Options);
        var (code, output) = await Commands.RunAsync(story.Issuer, third.Options, new(redis) { ["Redis:Configuration"] = "127.0.0.1:1,connectTimeout=200" }, "restore", "--from", story.File);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("Redis does not do what is asked of it", output, StringComparison.Ordinal);
        Assert.All(await FilledStore.ReadAsync(third.Options), table => Assert.Empty(table.Value));
    }
}
