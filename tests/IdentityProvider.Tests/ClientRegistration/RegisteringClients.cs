using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using IdentityProvider.ClientRegistration;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.ClientRegistration;

public sealed class RegisteringClients
{
    private static readonly Dictionary<string, string> On = new() { ["ClientRegistration:Enabled"] = "true", ["ClientRegistration:Scope"] = "openid profile offline_access notes:read urn:identityprovider:admin", ["RateLimits:ClientRegistrationPerAddress:Permits"] = "100000" };

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Fact]
    public async Task A_client_registers_signs_people_in_with_their_consent_changes_and_removes_itself()
    {
        await using var host = await StartAsync();
        var token = await TokenAsync(host);
        var made = await SendAsync(host, HttpMethod.Post, "", token, new { redirect_uris = new[] { TestDocument.Callback }, client_name = "Corner Reader", token_endpoint_auth_method = "client_secret_post", grant_types = new[] { "authorization_code", "refresh_token" } });
        Assert.Equal((HttpStatusCode.Created, "openid profile offline_access notes:read", "0"), (made.Status, made["scope"], made["client_secret_expires_at"]));
        var (id, secret, own) = (made["client_id"]!, made["client_secret"]!, made["registration_access_token"]!);
        Assert.Equal(host[$"/connect/register/{id}"].ToString(), made["registration_client_uri"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(host, HttpMethod.Post, "", token, new { redirect_uris = new[] { TestDocument.Callback } })).Status);

        var client = new RelyingParty(host, id);
        using var browser = new Browser(host);
        var page = await browser.OpenAsync(client.AuthorizeUrl("openid notes:read"));
        page = await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", TestDocument.Password));
        Assert.Equal("/consent", page.Url.AbsolutePath);
        var code = (await browser.SubmitAsync("Allow")).Query("code");
        Assert.Equal(HttpStatusCode.OK, (await client.RedeemAsync(code, ("client_secret", secret))).Status);

        var read = await SendAsync(host, HttpMethod.Get, $"/{id}", own);
        Assert.Equal((HttpStatusCode.OK, "Corner Reader", null, null), (read.Status, read["client_name"], read["client_secret"], read["registration_access_token"]));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(host, HttpMethod.Put, $"/{id}", own, new { client_id = "other", redirect_uris = new[] { TestDocument.Callback } })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(host, HttpMethod.Put, $"/{id}", own, new { client_id = id, client_secret = "another secret of some length", redirect_uris = new[] { TestDocument.Callback } })).Status);
        var changed = await SendAsync(host, HttpMethod.Put, $"/{id}", own, new { client_id = id, client_secret = secret, client_name = "Reader", redirect_uris = new[] { "https://client.test/new" }, token_endpoint_auth_method = "client_secret_post" });
        Assert.Equal((HttpStatusCode.OK, "Reader", null), (changed.Status, changed["client_name"], changed["client_secret"]));

        // The token of before is none any more; those of others and of nobody never were.
        var next = changed["registration_access_token"]!;
        foreach (var wrong in new[] { own, token, "x", new string('A', 43), null })
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Delete })
                Assert.Equal("invalid_token", (await SendAsync(host, method, $"/{id}", wrong)).Error);
        Assert.Equal("invalid_token", (await SendAsync(host, HttpMethod.Get, "/trusted", next)).Error);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(host, HttpMethod.Delete, $"/{id}", next)).Status);
        Assert.False(await host.InStoreAsync(db => db.Set<Client>().AnyAsync(row => row.ClientId == id)));
        Assert.Equal("invalid_token", (await SendAsync(host, HttpMethod.Get, $"/{id}", next)).Error);
    }

    [Fact]
    public async Task Nothing_is_there_where_it_is_off()
    {
        await using var off = await IdpHost.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(off, HttpMethod.Post, "", await TokenAsync(off), new { redirect_uris = new[] { TestDocument.Callback } })).Status);
        Assert.DoesNotContain("registration_endpoint", await off.Http.GetStringAsync("/.well-known/openid-configuration"), StringComparison.Ordinal);
        await using var host = await StartAsync();
        Assert.Contains($"\"registration_endpoint\":\"{host["/connect/register"]}\"", (await host.Http.GetStringAsync("/.well-known/openid-configuration")).Replace(" ", "", StringComparison.Ordinal).Replace("\\u002F", "/", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_vouches_for_such_a_client_whatever_it_says()
    {
        await using var host = await StartAsync();
        const string Body = """
            { "redirect_uris": ["https://client.test/callback"], "client_id": "trusted", "client_secret": "chosen-by-the-client-itself-0123456789", "consent": "implicit", "require_pkce": false,
              "service_account": "robot", "token_exchange_audiences": ["https://notes.test"], "providers": ["x"], "local_sign_in": false, "offline_access_survives_logout": true,
              "access_token_lifetime": 3600, "required_acr": "x", "software_statement": "e30.e30.", "something": { "else": 1 } }
            """;
        var made = await SendAsync(host, HttpMethod.Post, "", await TokenAsync(host), new StringContent(Body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.NotEqual("trusted", made["client_id"]);
        var client = await host.InStoreAsync(db => db.Set<Client>().AsNoTracking().Include(row => row.Secrets).SingleAsync(row => row.ClientId == made["client_id"]));
        var metadata = ClientMetadata.Of(client, new ClientMetadata());
        Assert.Equal(("explicit", true, null, true, false, null), (metadata.Consent, metadata.RequirePkce, metadata.ServiceAccount, metadata.LocalSignIn, metadata.OfflineAccessSurvivesLogout, metadata.AccessTokenLifetime));
        Assert.Equal((0, 0), (metadata.TokenExchangeAudiences.Count, metadata.Providers.Count));
        Assert.Equal(Handle.Hash(made["client_secret"]!), Assert.Single(client.Secrets).Hash);
        Assert.NotEqual("chosen-by-the-client-itself-0123456789", made["client_secret"]);
        var stored = await host.InStoreAsync(db => db.Set<RegisteredClient>().AsNoTracking().SingleAsync());
        Assert.Equal(Handle.Hash(made["registration_access_token"]!), stored.TokenHash);
    }

    [Theory]
    [InlineData("""{ "redirect_uris": ["http://client.test/callback"] }""", "invalid_redirect_uri")]
    [InlineData("""{ "redirect_uris": ["javascript:alert(1)"] }""", "invalid_redirect_uri")]
    [InlineData("""{ "redirect_uris": ["https://client.test/#x"] }""", "invalid_redirect_uri")]
    [InlineData("""{ }""", "invalid_redirect_uri")]
    [InlineData("""{ "redirect_uris": "https://client.test" }""", "invalid_redirect_uri")]
    [InlineData("""{ "redirect_uris": ["https://client.test/callback"], "grant_types": ["client_credentials"] }""", "invalid_client_metadata")]
    [InlineData("""{ "redirect_uris": ["https://client.test/callback"], "grant_types": ["implicit"] }""", "invalid_client_metadata")]
    [InlineData("""{ "redirect_uris": ["https://client.test/callback"], "grant_types": [] }""", "invalid_client_metadata")]
    [InlineData("""{ "redirect_uris": ["https://client.test/callback"], "scope": "openid urn:identityprovider:admin" }""", "invalid_client_metadata")]
    [InlineData("""{ "redirect_uris": ["https://client.test/callback"], "scope": "openid photos:read" }""", "invalid_client_metadata")]
    [InlineData("""{ "redirect_uris": ["https://client.test/callback"], "client_name": "evil\u202Egpj.exe" }""", "invalid_client_metadata")]
    [InlineData("""{ "redirect_uris": ["https://client.test/callback"], "client_name": "a\nb" }""", "invalid_client_metadata")]
    [InlineData("""{ "redirect_uris": ["https://client.test/callback"], "client_name": 7 }""", "invalid_client_metadata")]
    [InlineData("""{ "redirect_uris": ["https://client.test/callback"], "client_uri": "javascript:alert(1)" }""", "invalid_client_metadata")]
    [InlineData("""{ "redirect_uris": ["https://client.test/callback"], "token_endpoint_auth_method": "private_key_jwt" }""", "invalid_client_metadata")]
    [InlineData("""{ "redirect_uris": ["https://client.test/callback"], "token_endpoint_auth_method": "tls_client_auth" }""", "invalid_client_metadata")]
    [InlineData("""[]""", "invalid_client_metadata")]
    [InlineData("""{""", "invalid_client_metadata")]
    public async Task What_does_not_keep_the_rules_is_refused_and_uses_nothing_up(string body, string error)
    {
        await using var host = await StartAsync();
        var token = await TokenAsync(host);
        var answer = await SendAsync(host, HttpMethod.Post, "", token, new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(host, HttpMethod.Post, "", token, new { redirect_uris = new[] { TestDocument.Callback } })).Status);
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Of_sixteen_at_the_last_use_one_registers_and_of_sixteen_changes_one_is_made(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider, clock: clock, settings: On);
        var token = await TokenAsync(nodes.First);
        var answers = await nodes.RaceAsync(node => SendAsync(node, HttpMethod.Post, "", token, new { redirect_uris = new[] { TestDocument.Callback } }));
        var made = Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer != made), answer => Assert.Equal("invalid_token", answer.Error));
        Assert.Equal(1, await nodes.First.InStoreAsync(db => db.Set<RegisteredClient>().CountAsync()));

        var changes = await nodes.RaceAsync(node => SendAsync(node, HttpMethod.Put, $"/{made["client_id"]}", made["registration_access_token"], new { client_id = made["client_id"], redirect_uris = new[] { TestDocument.Callback } }));
        Assert.Single(changes, answer => answer.Status == HttpStatusCode.OK);
        Assert.All(changes.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal("invalid_token", answer.Error));
    }

    [Fact]
    public async Task Tokens_end_and_clients_that_nobody_uses_are_forgotten()
    {
        await using var host = await StartAsync();
        var late = await TokenAsync(host);
        var made = await SendAsync(host, HttpMethod.Post, "", await TokenAsync(host), new { redirect_uris = new[] { TestDocument.Callback } });
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("invalid_token", (await SendAsync(host, HttpMethod.Post, "", late, new { redirect_uris = new[] { TestDocument.Callback } })).Error);
        var job = host.Services.GetServices<Pruning>().Single(pruning => pruning.Name == "clients that nobody uses");
        Assert.Equal(0, await host.InStoreAsync(db => job.RunAsync(db, clock.GetUtcNow(), default)));
        clock.Advance(TimeSpan.FromDays(90));
        Assert.Equal(1, await host.InStoreAsync(db => job.RunAsync(db, clock.GetUtcNow(), default)));
        Assert.False(await host.InStoreAsync(db => db.Set<Client>().AnyAsync(row => row.ClientId == made["client_id"])));
        Assert.True(await host.InStoreAsync(db => db.Set<Client>().AnyAsync(row => row.ClientId == "trusted")));
    }

    [Fact]
    public async Task Attempts_are_limited()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = new(On) { ["RateLimits:ClientRegistrationPerAddress:Permits"] = "2" } });
        for (var i = 0; i < 2; i++)
            Assert.Equal("invalid_token", (await SendAsync(host, HttpMethod.Post, "", new string('A', 43), new { })).Error);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SendAsync(host, HttpMethod.Post, "", new string('A', 43), new { })).Status);
    }

    private Task<IdpHost> StartAsync() => IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = On });

    /// <summary>Good for one use and a day.</summary>
    private async Task<string> TokenAsync(IdpHost host)
    {
        var token = Handle.Create();
        var now = clock.GetUtcNow();
        await host.InStoreAsync(db =>
        {
            db.Add(new InitialAccessToken { Name = "Test", TokenHash = Handle.Hash(token), UsesLeft = 1, CreatedAt = now, ExpiresAt = now.AddDays(1) });
            return db.SaveChangesAsync();
        });
        return token;
    }

    private static async Task<Answer> SendAsync(IdpHost host, HttpMethod method, string path, string? token, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/connect/register{path}");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = body as HttpContent ?? JsonContent.Create(body);
        return await new RelyingParty(host).SendAsync(request);
    }
}
