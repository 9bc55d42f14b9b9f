using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

public sealed class AuthenticatingWithSecrets(AuthenticatingWithSecrets.Server server) : IClassFixture<AuthenticatingWithSecrets.Server>
{
    private const string OddId = "odd:id/with%+chars", OddSecret = "s3cret: /%+&=?#!\"~ ends here%20";
    private readonly IdpHost host = server.Host;

    public sealed class Server : IAsyncLifetime
    {
        internal FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());
        internal IdpHost Host { get; private set; } = null!;

        public async Task InitializeAsync() => Host = await IdpHost.StartAsync(new IdpSetup
        {
            Clock = Clock,
            Document = Documents.With(
                Worker(OddId, OddSecret, "client_secret_basic"),
                Worker("poster", TestDocument.Secret, "client_secret_post"),
                Worker("rotating", "the-first-secret-of-this-client", "client_secret_basic")),
            Settings = { ["RateLimits:ClientAuthenticationFailures:Permits"] = "1000" },
        });

        public async Task DisposeAsync() => await Host.DisposeAsync();

        private static JsonObject Worker(string id, string secret, string method) => new()
        {
            ["client_id"] = id,
            ["client_secret"] = secret,
            ["token_endpoint_auth_method"] = method,
            ["grant_types"] = new JsonArray("client_credentials"),
            ["scope"] = "notes:read",
        };
    }

    private Task<Answer> PostAsync(AuthenticationHeaderValue? authorization, params (string Name, string Value)[] fields) => PostAsync("/connect/token", authorization, [("grant_type", "client_credentials"), .. fields]);

    private Task<Answer> PostAsync(string path, AuthenticationHeaderValue? authorization, (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.ToDictionary(f => f.Name, f => f.Value)) };
        request.Headers.Authorization = authorization;
        return new RelyingParty(host).SendAsync(request);
    }

    private static AuthenticationHeaderValue Raw(string text) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(text)));

    private static void Refused(Answer answer, bool basic = false)
    {
        Assert.True((answer.Status, answer.Error) == (HttpStatusCode.Unauthorized, "invalid_client"), $"{answer.Status} {answer.Json}");
        if (basic)
            Assert.Equal("Basic", Assert.Single(answer.Response.Headers.WwwAuthenticate).Scheme);
    }

    [Fact]
    public async Task Identifier_and_secret_of_any_characters_go_by_header()
    {
        var answer = await PostAsync(RelyingParty.Basic(OddId, OddSecret));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(OddId, RelyingParty.Claims(answer["access_token"]!).GetProperty("client_id").GetString());

        // application/x-www-form-urlencoded writes a space as a plus (RFC 6749 appendix B).
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(Raw($"{WebUtility.UrlEncode(OddId)}:{WebUtility.UrlEncode(OddSecret)}"))).Status);
    }

    [Fact]
    public async Task A_client_whose_identifier_is_a_uri_goes_by_header()
    {
        var answer = await PostAsync("/connect/introspect", RelyingParty.Basic(TestDocument.Api, TestDocument.Secret), [("token", "garbage")]);
        Assert.Equal((HttpStatusCode.OK, "False"), (answer.Status, answer["active"]));
    }

    [Fact]
    public async Task Identifier_and_secret_go_by_form_where_registered()
    {
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(null, ("client_id", "poster"), ("client_secret", TestDocument.Secret))).Status);
        Refused(await PostAsync(null, ("client_id", "poster"), ("client_secret", TestDocument.Secret + "x")));
    }

    [Theory]
    [InlineData("worker:wrong")]
    [InlineData("worker:")]
    [InlineData("worker")]
    [InlineData(":")]
    [InlineData("")]
    [InlineData("nobody:a-test-secret-of-more-than-256-bits-0123456789")]
    [InlineData("Worker:a-test-secret-of-more-than-256-bits-0123456789")]
    [InlineData("worker:A-TEST-SECRET-OF-MORE-THAN-256-BITS-0123456789")]
    [InlineData("worker:a-test-secret-of-more-than-256-bits-0123456789 ")]
    [InlineData("work%00er:a-test-secret-of-more-than-256-bits-0123456789")]
    [InlineData("%zz:%")]
    public async Task A_wrong_header_is_refused_and_asks_for_a_right_one(string text) => Refused(await PostAsync(Raw(text)), basic: true);

    [Theory]
    [InlineData("Basic", "***")]
    [InlineData("Basic", "")]
    [InlineData("Bearer", "d29ya2Vy")]
    [InlineData("Digest", "username=worker")]
    public async Task A_header_that_says_nothing_is_refused(string scheme, string value) => Refused(await PostAsync(new AuthenticationHeaderValue(scheme, value)));

    [Fact]
    public async Task A_client_uses_the_method_it_registered()
    {
        Refused(await PostAsync(null, ("client_id", "worker"), ("client_secret", TestDocument.Secret)));
        Refused(await PostAsync(RelyingParty.Basic("poster", TestDocument.Secret)), basic: true);
        Refused(await PostAsync(null, ("client_id", "worker")));
        Refused(await PostAsync(null));

        using var key = new TestKey("ES256");
        var assertion = new Assertion(key, "worker", host.Issuer.ToString().TrimEnd('/'), server.Clock.GetUtcNow()).Text;
        Refused(await PostAsync(null, ("client_assertion_type", Assertion.Type), ("client_assertion", assertion)));
    }

    [Fact]
    public async Task A_public_client_that_sends_a_secret_is_not_what_it_says()
    {
        (string, string)[] code = [("grant_type", "refresh_token"), ("refresh_token", "garbage")];
        Refused(await PostAsync("/connect/token", null, [.. code, ("client_id", "spa"), ("client_secret", "anything")]));
        Refused(await PostAsync("/connect/token", RelyingParty.Basic("spa", "anything"), code), basic: true);
    }

    [Fact]
    public async Task One_way_at_a_time()
    {
        var answers = new[]
        {
            await PostAsync(RelyingParty.Basic("worker", TestDocument.Secret), ("client_id", "worker"), ("client_secret", TestDocument.Secret)),
            await PostAsync(RelyingParty.Basic("worker", TestDocument.Secret), ("client_secret", TestDocument.Secret)),
            await PostAsync(RelyingParty.Basic("worker", TestDocument.Secret), ("client_assertion_type", Assertion.Type), ("client_assertion", "a.b.c")),
            await PostAsync(null, ("client_id", "poster"), ("client_secret", TestDocument.Secret), ("client_assertion_type", Assertion.Type), ("client_assertion", "a.b.c")),
            await PostAsync(RelyingParty.Basic("worker", TestDocument.Secret), ("client_id", "poster")),
        };
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (a.Status, a.Error)));
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(RelyingParty.Basic("worker", TestDocument.Secret), ("client_id", "worker"))).Status);
    }

    [Theory]
    [InlineData("/connect/introspect")]
    [InlineData("/connect/revoke")]
    [InlineData("/connect/par")]
    public async Task Every_endpoint_for_clients_asks_who_is_there(string path)
    {
        (string, string)[] fields = [("token", "garbage"), .. new RelyingParty(host).AuthorizeParameters("openid", ("client_id", null)).Select(p => (p.Key, p.Value))];
        Refused(await PostAsync(path, RelyingParty.Basic("web", "wrong"), fields), basic: true);
        Refused(await PostAsync(path, null, [.. fields, ("client_id", "web")]));
        Refused(await PostAsync(path, null, [.. fields, ("client_id", "web"), ("client_secret", TestDocument.Secret)]));
        var nobody = await PostAsync(path, null, fields);
        if (path == "/connect/par")
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (nobody.Status, nobody.Error));
        else
            Refused(nobody);
    }

    [Fact]
    public async Task A_secret_is_replaced_without_an_outage()
    {
        const string First = "the-first-secret-of-this-client", Next = "the-second-secret-of-this-client";
        async Task<HttpStatusCode> TryAsync(string secret) => (await PostAsync(RelyingParty.Basic("rotating", secret))).Status;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await TryAsync(First), await TryAsync(Next)));

        var now = server.Clock.GetUtcNow();
        await host.InStoreAsync(async db =>
        {
            var client = await db.Set<Client>().Include(c => c.Secrets).SingleAsync(c => c.ClientId == "rotating");
            client.Secrets.Single().ExpiresAt = now.AddDays(1);
            client.Secrets.Add(new ClientSecret { Hash = Handle.Hash(Next), CreatedAt = now });
            return await db.SaveChangesAsync();
        });
        server.Clock.Advance(ClientCache.Freshness);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await TryAsync(First), await TryAsync(Next)));
        server.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (await TryAsync(First), await TryAsync(Next)));
    }
}
