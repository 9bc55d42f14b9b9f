using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpenIddict.Server;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>A person's access token for another one (RFC 8693): the notes API goes on to the photos API, or a gateway does.</summary>
public sealed class ExchangingTokens : IAsyncLifetime
{
    private const string Scope = "openid notes:read photos:read";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = Document() });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_new_token_says_who_acts_has_no_more_and_lives_no_longer()
    {
        var subject = await TokenAsync();
        var answer = await ExchangeAsync(TestDocument.Api, subject, ("audience", TestDocument.OtherApi));
        Assert.Equal((HttpStatusCode.OK, "urn:ietf:params:oauth:token-type:access_token", null), (answer.Status, answer["issued_token_type"], answer["refresh_token"]));
        var (before, after) = (Claims(subject), Claims(answer["access_token"]!));
        foreach (var name in new[] { "sub", "grant_id", "sid", "auth_time", "acr" })
            Assert.Equal(before[name]!.ToJsonString(), after[name]!.ToJsonString());
        Assert.Equal((TestDocument.OtherApi, "photos:read", TestDocument.Api), ((string?)after["aud"], (string?)after["scope"], (string?)after["client_id"]));
        Assert.Equal($$"""{"sub":"{{TestDocument.Api}}"}""", after["act"]!.ToJsonString());
        Assert.Equal(300, (long)after["exp"]! - (long)after["iat"]!);

        // Shorter where the first is about to end.
        clock.Advance(TimeSpan.FromSeconds((long)before["exp"]! - (long)before["iat"]! - 60));
        var last = Claims((await ExchangeAsync(TestDocument.Api, subject, ("audience", TestDocument.OtherApi)))["access_token"]!);
        Assert.Equal((long)before["exp"]!, (long)last["exp"]!);
    }

    [Fact]
    public async Task What_the_policy_does_not_name_is_refused()
    {
        var subject = await TokenAsync();
        Assert.Equal("invalid_target", (await ExchangeAsync(TestDocument.Api, subject, ("audience", TestDocument.Api))).Error);
        Assert.Equal("invalid_target", (await ExchangeAsync(TestDocument.Api, subject, ("audience", "https://nowhere.test"))).Error);
        Assert.Equal("invalid_scope", (await ExchangeAsync(TestDocument.Api, await TokenAsync("openid notes:read"), ("audience", TestDocument.OtherApi))).Error);

        // Registered for token exchange, as for keys, and not for this.
        Assert.Equal("unauthorized_client", (await ExchangeAsync(TestDocument.OtherApi, subject, ("audience", TestDocument.OtherApi))).Error);

        // A token that is for somebody else, as a thief would have it.
        Assert.Equal("invalid_grant", (await ExchangeAsync("worker", subject, ("audience", TestDocument.OtherApi))).Error);
        Assert.NotNull((await ExchangeAsync(TestDocument.Api, subject + "x", ("audience", TestDocument.OtherApi))).Error);

        // Nobody signed in.
        var service = (await new RelyingParty(host, "worker").TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read photos:read")))["access_token"]!;
        Assert.Contains((await ExchangeAsync("worker", service, ("audience", TestDocument.OtherApi))).Error, new[] { "invalid_request", "invalid_grant" });
    }

    [Fact]
    public async Task Who_acts_may_be_somebody_else_and_the_chain_has_an_end()
    {
        var actor = (await new RelyingParty(host, "worker").TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read")))["access_token"]!;
        var token = await TokenAsync();
        for (var i = 0; i < 4; i++)
        {
            var answer = await ExchangeAsync(TestDocument.Api, token, [("audience", TestDocument.OtherApi), .. i == 0 ? [("actor_token", actor), ("actor_token_type", "urn:ietf:params:oauth:token-type:access_token")] : Array.Empty<(string, string?)>()]);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            token = answer["access_token"]!;
        }

        Assert.Equal("""{"sub":"A","act":{"sub":"A","act":{"sub":"A","act":{"sub":"worker"}}}}""".Replace("A", TestDocument.Api, StringComparison.Ordinal), Claims(token)["act"]!.ToJsonString());
        Assert.Equal("invalid_request", (await ExchangeAsync(TestDocument.Api, token, ("audience", TestDocument.OtherApi))).Error);
    }

    [Fact]
    public async Task It_ends_with_the_session_and_with_the_person()
    {
        var subject = await TokenAsync();
        var token = (await ExchangeAsync(TestDocument.Api, subject, ("audience", TestDocument.OtherApi)))["access_token"]!;
        Assert.Equal("True", (await IntrospectAsync(token))["active"]);
        await host.InStoreAsync(async db =>
        {
            var session = await db.Set<Session>().AsNoTracking().OrderByDescending(s => s.CreatedAt).FirstAsync();
            await using var scope = host.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<SessionStore>().EndOneAsync(session.UserId, session.Id, "test", default);
            return 0;
        });
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("False", (await IntrospectAsync(token))["active"]);
        Assert.NotNull((await ExchangeAsync(TestDocument.Api, subject, ("audience", TestDocument.OtherApi))).Error);

        subject = await TokenAsync();
        await host.InStoreAsync(db => db.Set<User>().ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, clock.GetUtcNow())));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotNull((await ExchangeAsync(TestDocument.Api, subject, ("audience", TestDocument.OtherApi))).Error);
    }

    [Theory]
    [InlineData("""{"sub":"https://notes.test"}""", false, true)]
    [InlineData("""{"sub":"worker"}""", false, false)]
    [InlineData("""{"sub":"worker"}""", true, true)]
    [InlineData("""{"sub":"https://notes.test"}""", true, false)]
    [InlineData("""{"iss":"https://notes.test"}""", false, false)]
    [InlineData("""{"sub":["https://notes.test"]}""", false, false)]
    [InlineData("{}", false, false)]
    [InlineData("\"https://notes.test\"", false, false)]
    public async Task A_token_that_says_who_may_act_is_for_nobody_else(string mayAct, bool throughWorker, bool allowed)
    {
        // Nobody's token says so yet (RFC 8693 section 4.4): this one is signed as the server would.
        var subject = Resigned(await TokenAsync(), claims => claims["may_act"] = JsonNode.Parse(mayAct));
        var worker = (await new RelyingParty(host, "worker").TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read")))["access_token"]!;
        var answer = await ExchangeAsync(TestDocument.Api, subject, [("audience", TestDocument.OtherApi), .. throughWorker ? [("actor_token", worker), ("actor_token_type", "urn:ietf:params:oauth:token-type:access_token")] : Array.Empty<(string, string?)>()]);
        Assert.Equal((allowed ? HttpStatusCode.OK : HttpStatusCode.BadRequest, allowed ? null : "invalid_request"), (answer.Status, answer.Error));
        if (!allowed)
        {
            Assert.Contains("says who may act", answer["error_description"], StringComparison.Ordinal);
            return;
        }

        var claims = Claims(answer["access_token"]!);
        Assert.Equal(throughWorker ? "worker" : TestDocument.Api, (string?)claims["act"]!["sub"]);

        // Whoever comes next was not named.
        Assert.Null(claims["may_act"]);
    }

    [Fact]
    public async Task An_exchange_that_cannot_be_recorded_does_not_happen()
    {
        var subject = await TokenAsync();
        await host.AuditAsync();
        await host.SqlAsync("""CREATE TRIGGER broken BEFORE INSERT ON "AuditRecords" WHEN NEW."Name" = 'tokens.delegated' BEGIN SELECT RAISE(ABORT, 'the disk is full'); END""");
        var answer = await ExchangeAsync(TestDocument.Api, subject, ("audience", TestDocument.OtherApi));
        Assert.InRange((int)answer.Status, 500, 599);
        Assert.Null(answer["access_token"]);
        await host.SqlAsync("DROP TRIGGER broken");
        Assert.Equal(HttpStatusCode.OK, (await ExchangeAsync(TestDocument.Api, subject, ("audience", TestDocument.OtherApi))).Status);
        Assert.Single(await host.AuditAsync(), record => record.Name == "tokens.delegated");
    }

    private string Resigned(string jwt, Action<JsonObject> change)
    {
        var parts = jwt.Split('.');
        var claims = Claims(jwt).AsObject();
        change(claims);
        var kid = (string?)JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!["kid"];
        var key = host.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue.SigningCredentials.Single(credentials => credentials.Key.KeyId == kid);
        var text = $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        return $"{text}.{Base64Url.EncodeToString(key.Key.CryptoProviderFactory.CreateForSigning(key.Key, key.Algorithm).Sign(Encoding.ASCII.GetBytes(text)))}";
    }

    private async Task<string> TokenAsync(string scope = Scope)
    {
        using var browser = new Browser(host);
        return (await new RelyingParty(host, "trusted").TokensAsync(browser, scope))["access_token"]!;
    }

    private Task<Answer> ExchangeAsync(string client, string subject, params (string Name, string? Value)[] more) => new RelyingParty(host, client).TokenAsync(
        [("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", subject), ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"), .. more]);

    private Task<Answer> IntrospectAsync(string token) => new RelyingParty(host, TestDocument.OtherApi).PostAsync("/connect/introspect", ("token", token));

    private static JsonNode Claims(string jwt) => JsonNode.Parse(Base64Url.DecodeFromChars(jwt.Split('.')[1]))!;

    private static string Document()
    {
        var document = JsonNode.Parse(TestDocument.Json)!;
        foreach (var client in document["clients"]!.AsArray().Select(client => client!.AsObject()))
        {
            if ((string?)client["client_id"] is TestDocument.Api or TestDocument.OtherApi or "worker")
            {
                client["grant_types"] = new JsonArray("client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange");
                client["scope"] = "notes:read notes:write photos:read";
                if ((string?)client["client_id"] is not TestDocument.OtherApi)
                    client["token_exchange_audiences"] = new JsonArray(TestDocument.OtherApi);
            }
        }

        return document.ToJsonString();
    }
}
