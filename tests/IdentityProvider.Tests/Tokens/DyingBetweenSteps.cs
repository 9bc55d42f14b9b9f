using System.Net;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Tests.Tokens;

/// <summary>
/// A node, a real process, is killed between every two steps of issuing a code, redeeming it and refreshing; another goes on with the same
/// PostgreSQL. Nothing consumed comes back, nothing is consumed without what it paid for, nothing issued is unknown. The test makes the
/// database wait at a step: a trigger there asks for a lock that the test holds.
/// </summary>
public sealed class DyingBetweenSteps : IAsyncLifetime
{
    private const string Scope = "openid offline_access notes:read";

    // The grace is long: a slow machine must not turn a retry into a theft.
    private FreshDatabase database = null!;
    private IdpHost survivor = null!;
    private HostProcess victim = null!;

    /// <summary>Table, what is done to it and when: the statement waits before or after its work, or the commit does.</summary>
    public static TheoryData<string, string> Steps(params string[] steps)
    {
        var data = new TheoryData<string, string>();
        foreach (var step in steps)
            data.Add(step.Split(':')[0], step.Split(':')[1]);
        return data;
    }

    public static TheoryData<string, string> Issuing => Steps("Grants:BEFORE INSERT", "Grants:AFTER INSERT", "Tokens:BEFORE INSERT", "Tokens:AFTER INSERT", "Tokens:COMMIT INSERT");

    public static TheoryData<string, string> Paying => Steps("Tokens:BEFORE UPDATE", "Tokens:AFTER UPDATE", "Tokens:BEFORE INSERT", "Tokens:AFTER INSERT", "Tokens:COMMIT INSERT");

    public async Task InitializeAsync()
    {
        database = FreshDatabase.Of(DatabaseProvider.PostgreSql);
        survivor = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Settings = { ["Tokens:RefreshTokenGrace"] = "00:01:00" } });
        victim = await HostProcess.StartAsync(survivor, database.Options);
    }

    public async Task DisposeAsync()
    {
        victim.Dispose();
        await survivor.DisposeAsync();
        await database.DisposeAsync();
    }

    [PostgresTheory, MemberData(nameof(Issuing))]
    public async Task Issuing_a_code_leaves_grant_and_code_or_neither(string table, string step)
    {
        using var browser = new Browser(survivor);
        var client = new RelyingParty(survivor, "trusted");
        await client.SignInAsync(browser, Scope);
        var before = await CountAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, client.AuthorizeUrl(Scope, ("prompt", "none")));
        request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(survivor.Issuer));
        await KillAtAsync(table, step, () => victim.Http.SendAsync(request));

        var more = IsCommit(step) ? 1 : 0;
        Assert.Equal((before.Grants + more, before.Codes + more), await CountAsync());
        Assert.Equal(HttpStatusCode.OK, (await client.TokensAsync(browser, Scope)).Status);
    }

    [PostgresTheory, MemberData(nameof(Paying))]
    public async Task Redeeming_a_code_leaves_it_good_or_spent_with_what_it_paid_for(string table, string step)
    {
        using var browser = new Browser(survivor);
        var client = new RelyingParty(survivor, "trusted");
        var code = (await client.SignInAsync(browser, Scope)).Query("code");
        await KillAtAsync(table, step, () => SendAsync([("grant_type", "authorization_code"), ("code", code), ("redirect_uri", client.RedirectUri), ("code_verifier", client.Verifier)]));

        Assert.Equal(IsCommit(step) ? 1 : 0, await AliveAsync());
        Assert.Equal(IsCommit(step), await survivor.InStoreAsync(db => db.Set<Token>().AnyAsync(t => t.Type == TokenTypeIdentifiers.Private.AuthorizationCode && t.Status == Statuses.Redeemed)));
        var again = await client.RedeemAsync(code);
        Assert.Equal(IsCommit(step) ? "invalid_grant" : null, again.Error);
        if (IsCommit(step))
        {
            Assert.Equal(0, await AliveAsync());
            return;
        }

        Assert.Equal(1, await AliveAsync());
        Assert.Equal("invalid_grant", (await client.RedeemAsync(code)).Error);
        Assert.Equal("invalid_grant", (await client.RefreshAsync(again["refresh_token"]!)).Error);
    }

    [PostgresTheory, MemberData(nameof(Paying))]
    public async Task Refreshing_leaves_one_token_alive_which_the_client_has_or_gets(string table, string step)
    {
        using var browser = new Browser(survivor);
        var client = new RelyingParty(survivor, "trusted");
        var token = (await client.TokensAsync(browser, Scope))["refresh_token"]!;
        await KillAtAsync(table, step, () => SendAsync([("grant_type", "refresh_token"), ("refresh_token", token)]));

        Assert.Equal(1, await AliveAsync());
        var again = await client.RefreshAsync(token);
        Assert.Null(again.Error);
        Assert.NotEqual(token, again["refresh_token"]);
        Assert.Equal(1, await AliveAsync());
        Assert.Null((await client.RefreshAsync(again["refresh_token"]!)).Error);
    }

    private static bool IsCommit(string step) => step.StartsWith("COMMIT", StringComparison.Ordinal);

    private Task<(int Grants, int Codes)> CountAsync() => survivor.InStoreAsync(async db =>
        (await db.Set<Grant>().CountAsync(), await db.Set<Token>().CountAsync(t => t.Type == TokenTypeIdentifiers.Private.AuthorizationCode)));

    private Task<int> AliveAsync() => survivor.InStoreAsync(db => db.Set<Token>().CountAsync(t => t.Type == TokenTypeIdentifiers.RefreshToken && t.Status == Statuses.Valid));

    private async Task<HttpResponseMessage> SendAsync((string Name, string Value)[] parameters)
    {
        using var body = new FormUrlEncodedContent([.. parameters.Append(("client_id", "trusted")).Append(("client_secret", TestDocument.Secret)).Select(p => KeyValuePair.Create(p.Item1, p.Item2))]);
        return await victim.Http.PostAsync(new Uri("/connect/token", UriKind.Relative), body);
    }

    /// <summary>Sends, waits until the database waits at the step, kills the node, and lets the database find that nobody is there any more.</summary>
    private async Task KillAtAsync(string table, string step, Func<Task<HttpResponseMessage>> send)
    {
        await using var holder = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.Options.ConnectionString) { Pooling = false }.ConnectionString);
        await holder.OpenAsync();
        await RunAsync(holder, "CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END'");
        var (when, what) = (step.Split(' ')[0], step.Split(' ')[1]);
        await RunAsync(holder, IsCommit(step)
            ? $"CREATE CONSTRAINT TRIGGER wait_here AFTER {what} ON \"{table}\" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_here()"
            : $"CREATE TRIGGER wait_here {when} {what} ON \"{table}\" FOR EACH ROW EXECUTE FUNCTION wait_here()");
        await RunAsync(holder, "SELECT pg_advisory_lock(4711)");
        var answer = send();
        await WaitForAsync(holder, 1, answer);
        await victim.KillAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer);
        await RunAsync(holder, "SELECT pg_advisory_unlock(4711)");
        await WaitForAsync(holder, 0, Task.Delay(Timeout.Infinite));

        // Waits until whatever was under way is done or taken back.
        await RunAsync(holder, $"DROP TRIGGER wait_here ON \"{table}\"");
    }

    private static async Task WaitForAsync(NpgsqlConnection connection, int waiting, Task answer)
    {
        for (var patience = 0; patience < 60_000; patience++)
        {
            await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())", connection);
            if ((long)(await command.ExecuteScalarAsync())! == waiting)
                return;
            if (answer.IsCompleted)
                throw new InvalidOperationException("The node answered without coming to the step.");
        }

        throw new InvalidOperationException("The node did not come to the step.");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string text)
    {
        await using var command = new NpgsqlCommand(text, connection);
        await command.ExecuteNonQueryAsync();
    }
}
