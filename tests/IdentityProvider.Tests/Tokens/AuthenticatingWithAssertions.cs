using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

public sealed class AuthenticatingWithAssertions(AuthenticatingWithAssertions.Server server) : IClassFixture<AuthenticatingWithAssertions.Server>
{
    private readonly FakeTimeProvider clock = server.Clock;
    private readonly Dictionary<string, TestKey> keys = server.Keys;
    private readonly IdpHost host = server.Host;

    public sealed class Server : IAsyncLifetime
    {
        internal FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());
        internal Dictionary<string, TestKey> Keys { get; } = new[] { "ES256", "RS256", "PS256" }.ToDictionary(a => a, a => new TestKey(a));
        internal IdpHost Host { get; private set; } = null!;

        public async Task InitializeAsync() => Host = await IdpHost.StartAsync(new IdpSetup
        {
            Clock = Clock,
            Document = Documents.With([.. Keys.Select(k => Documents.KeyClient(k.Key, k.Value))]),
            Settings = { ["RateLimits:ClientAuthenticationFailures:Permits"] = "1000" },
        });

        public async Task DisposeAsync()
        {
            await Host.DisposeAsync();
            foreach (var key in Keys.Values)
                key.Dispose();
        }
    }

    private string Issuer => host.Issuer.ToString().TrimEnd('/');

    private Assertion Right(string client = "ES256") => new(keys[client], client, Issuer, clock.GetUtcNow());

    private long In(double seconds) => clock.GetUtcNow().AddSeconds(seconds).ToUnixTimeSeconds();

    private async Task AcceptsAsync(Assertion assertion)
    {
        var answer = await Assertion.PostAsync(host, assertion.Text);
        Assert.True(answer.Status == HttpStatusCode.OK, $"{answer.Status} {answer["error_description"]}");
        Assert.Equal((string?)assertion.Claims["iss"], RelyingParty.Claims(answer["access_token"]!).GetProperty("client_id").GetString());
    }

    private Task RefusesAsync(Assertion assertion, params (string, string)[] changes) => RefusesAsync(assertion.Text, changes);

    private async Task RefusesAsync(string assertion, params (string, string)[] changes)
    {
        var answer = await Assertion.PostAsync(host, assertion, changes);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (answer.Status, answer.Error));
        Assert.NotNull(answer["error_description"]);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public Task Each_algorithm_proves_the_client(string algorithm) => AcceptsAsync(Right(algorithm));

    [Fact]
    public async Task The_audience_may_be_the_issuer_or_the_token_endpoint_alone_or_in_a_list()
    {
        foreach (var audience in new[] { Issuer, $"{Issuer}/", $"{Issuer}/connect/token" })
        {
            await AcceptsAsync(Right().With("aud", audience));
            await AcceptsAsync(Right().With("aud", new JsonArray(audience)));
        }
    }

    [Theory]
    [InlineData("https://idp.test")]
    [InlineData("https://notes.test")]
    [InlineData("")]
    [InlineData(null)]
    public Task Another_audience_is_refused(string? audience) => RefusesAsync(Right().With("aud", audience));

    [Fact]
    public async Task The_audience_must_be_the_server_and_not_begin_like_it()
    {
        await RefusesAsync(Right().With("aud", $"{Issuer}.evil.test"));
        await RefusesAsync(Right().With("aud", $"{Issuer}/connect/token/evil"));
        await RefusesAsync(Right().With("aud", $"{Issuer}/connect/authorize"));
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("jwt")]
    [InlineData("client-authentication+jwt")]
    [InlineData(null)]
    public Task The_type_is_one_of_an_assertion(string? type) => AcceptsAsync(Right().WithHeader("typ", type));

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("logout+jwt")]
    [InlineData("dpop+jwt")]
    public Task Another_type_is_refused(string type) => RefusesAsync(Right().WithHeader("typ", type));

    [Fact]
    public async Task An_unsigned_assertion_is_refused()
    {
        foreach (var none in new[] { "none", "None", "NONE" })
            await RefusesAsync(TestKey.Compact(Right().WithHeader("alg", none).Header, Right().Claims, _ => []));
        await RefusesAsync(TestKey.Compact(Right().Header, Right().Claims, _ => []));
    }

    [Fact]
    public async Task A_public_key_is_no_shared_secret()
    {
        foreach (var key in keys.Values)
        {
            var assertion = Right(key.Algorithm).WithHeader("alg", "HS256");
            foreach (var secret in new[] { key.PublicPem, key.PublicPem + "\n", key.PublicJwk.ToJsonString() })
                await RefusesAsync(TestKey.Compact(assertion.Header, assertion.Claims, data => HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), data)));
        }
    }

    [Fact]
    public async Task The_signature_must_be_of_a_registered_key()
    {
        await RefusesAsync(Right().WithHeader("kid", "unknown"));
        await AcceptsAsync(Right().WithHeader("kid", null));
        using var foreign = new TestKey("ES256");
        await RefusesAsync(foreign.Sign(Right().Header, Right().Claims));
        var parts = Right().Text.Split('.');
        await RefusesAsync($"{parts[0]}.{Right().With("scope", "admin").Text.Split('.')[1]}.{parts[2]}");
        var own = new Assertion(foreign, "ES256", Issuer, clock.GetUtcNow()).WithHeader("jwk", foreign.PublicJwk);
        await RefusesAsync(own);
        await RefusesAsync(own.WithHeader("jwk", null).WithHeader("jku", "https://evil.test/jwks"));
    }

    [Fact]
    public async Task An_identifier_is_required()
    {
        await RefusesAsync(Right().With("jti", null));
        await RefusesAsync(Right().With("jti", ""));
        await RefusesAsync(Right().With("jti", new string('j', 257)));
        await AcceptsAsync(Right().With("jti", new string('j', 256)));
    }

    [Fact]
    public async Task An_assertion_lives_five_minutes_at_most_with_a_minute_for_clocks()
    {
        await RefusesAsync(Right().With("exp", null));
        await RefusesAsync(Right().With("exp", In(600)));
        await RefusesAsync(Right().With("exp", In(362)));
        await AcceptsAsync(Right().With("exp", In(300)));
        await AcceptsAsync(Right().With("exp", In(-30)));
        await RefusesAsync(Right().With("exp", In(-62)));
        await RefusesAsync(Right().With("exp", In(-120)));
        await RefusesAsync(Right().With("exp", In(10L * 365 * 86400)));
        await RefusesAsync(Right().With("exp", "soon"));
        await RefusesAsync(Right().With("exp", -1));
        await RefusesAsync(Right().With("exp", 9.9e18));
    }

    [Fact]
    public async Task An_assertion_for_later_is_refused_now()
    {
        await RefusesAsync(Right().With("nbf", In(120)));
        await AcceptsAsync(Right().With("nbf", In(30)));
        await AcceptsAsync(Right().With("nbf", In(-300)));
        await RefusesAsync(Right().With("nbf", In(90)).With("exp", In(300)));
    }

    [Fact]
    public async Task Issuer_and_subject_are_the_client()
    {
        await RefusesAsync(Right().With("sub", "RS256"));
        await RefusesAsync(Right().With("iss", "RS256"));
        await RefusesAsync(Right().With("sub", null));
        await RefusesAsync(Right().With("iss", null));
        await RefusesAsync(Right().With("iss", "nobody").With("sub", "nobody"));
    }

    [Fact]
    public async Task One_client_cannot_speak_for_another()
    {
        await RefusesAsync(Right(), ("client_id", "RS256"));
        await RefusesAsync(Right("RS256").With("iss", "ES256").With("sub", "ES256"));
        await RefusesAsync(new Assertion(keys["ES256"], "worker", Issuer, clock.GetUtcNow()));
        var agreed = await Assertion.PostAsync(host, Right().Text, ("client_id", "ES256"));
        Assert.Equal(HttpStatusCode.OK, agreed.Status);
    }

    [Fact]
    public async Task The_kind_of_assertion_must_be_said()
    {
        foreach (var type in new[] { "", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "jwt" })
        {
            var answer = await Assertion.PostAsync(host, Right().Text, ("client_assertion_type", type));
            Assert.InRange((int)answer.Status, 400, 401);
            Assert.True(answer.Error is "invalid_client" or "invalid_request", answer.Error);
        }
    }

    [Fact]
    public async Task A_key_client_has_no_other_way_in()
    {
        var client = new RelyingParty(host);
        var none = await client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = "ES256" }),
        });
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (none.Status, none.Error));
        var both = await Assertion.PostAsync(host, Right().Text, ("client_id", "ES256"), ("client_secret", TestDocument.Secret));
        Assert.InRange((int)both.Status, 400, 401);
        Assert.True(both.Error is "invalid_client" or "invalid_request", both.Error);
    }

    [Fact]
    public async Task Sixteen_kilobytes_are_enough()
    {
        var large = Right().With("padding", new string('p', 11_500));
        Assert.InRange(large.Text.Length, 15_000, 16 * 1024);
        await AcceptsAsync(large);
        var tooLarge = await Assertion.PostAsync(host, Right().With("padding", new string('p', 12_500)).Text);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (tooLarge.Status, tooLarge.Error));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("a.b.c")]
    [InlineData("..")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.e30.")]
    [InlineData("eyJhbGciOiJFUzI1NiJ9.W10.AA")]
    [InlineData("a.b.c.d.e")]
    [InlineData("eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJlbmMiOiJBMTI4R0NNIiwicDJjIjoyMDAwMDAwMDAwLCJwMnMiOiJBQUFBQUFBQSJ9.AA.AA.AA.AA")]
    public Task Garbage_is_refused(string text) => RefusesAsync(text);
}
