using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityProvider.Tests.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>What tokens and UserInfo say of a person, and nothing beside it.</summary>
public sealed class DescribingPeople(SignedInServer server) : IClassFixture<SignedInServer>
{
    private const string Everything = "openid profile email phone address roles offline_access notes:read notes:write photos:read";
    private readonly IdpHost host = server.Host;
    private readonly RelyingParty client = new(server.Host, "trusted");

    private string Issuer => host.Issuer.ToString().TrimEnd('/');

    private static IEnumerable<string> Names(JsonElement json) => json.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal);

    private static string[] Audience(string token) => [.. new JsonWebToken(token).Audiences.Order(StringComparer.Ordinal)];

    private async Task<Answer> UserInfoAsync(Answer tokens) => await client.GetAsync("/connect/userinfo", tokens["access_token"]!);

    /// <summary>Verified as a relying party would, with the published keys.</summary>
    private async Task VerifiedAsync(string token, string algorithm, string audience)
    {
        var keys = new JsonWebKeySet(await host.Http.GetStringAsync("/.well-known/jwks"));
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = Issuer,
            ValidAudience = audience,
            ValidAlgorithms = [algorithm],
            IssuerSigningKeys = keys.GetSigningKeys(),
            LifetimeValidator = (_, expires, _, _) => expires > server.Clock.GetUtcNow().UtcDateTime,
        });
        Assert.True(result.IsValid, result.Exception?.Message);
    }

    [Theory]
    [InlineData("trusted", "RS256")]
    [InlineData("ES256", "ES256")]
    [InlineData("PS256", "PS256")]
    public async Task An_ID_token_is_signed_as_the_client_registered_and_says_how_the_person_signed_in(string id, string algorithm)
    {
        var own = new RelyingParty(host, id, id == "trusted" ? null : SignedInServer.Signed);
        var tokens = await server.TokensAsync(own);
        var text = tokens["id_token"]!;
        await VerifiedAsync(text, algorithm, id);
        Assert.Equal(["alg", "kid", "typ"], Names(RelyingParty.Header(text)));
        Assert.Equal("JWT", RelyingParty.Header(text).GetProperty("typ").GetString());

        var claims = RelyingParty.Claims(text);
        Assert.Equal(["acr", "amr", "at_hash", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sid", "sub"], Names(claims).Except(["azp"]));
        Assert.Equal((Issuer, id, own.Nonce), (claims.GetProperty("iss").GetString(), claims.GetProperty("aud").GetString(), claims.GetProperty("nonce").GetString()));
        Assert.Equal("urn:identityprovider:acr:pwd", claims.GetProperty("acr").GetString());
        Assert.Equal(["pwd"], claims.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal((JsonValueKind.Number, JsonValueKind.Number), (claims.GetProperty("auth_time").ValueKind, claims.GetProperty("exp").ValueKind));
        Assert.Equal(900, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.InRange(claims.GetProperty("auth_time").GetInt64(), 1, claims.GetProperty("iat").GetInt64());
        Assert.True(Guid.TryParse(claims.GetProperty("sub").GetString(), out _));
        Assert.True(Guid.TryParse(claims.GetProperty("sid").GetString(), out _));
        Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(tokens["access_token"]!)).AsSpan(0, 16)), claims.GetProperty("at_hash").GetString());
    }

    [Fact]
    public async Task Without_a_nonce_there_is_none_and_without_openid_no_ID_token()
    {
        var tokens = await server.TokensAsync(client, "openid", ("nonce", null));
        Assert.False(RelyingParty.Claims(tokens["id_token"]!).TryGetProperty("nonce", out _));
        tokens = await server.TokensAsync(client, "notes:read");
        Assert.Equal((HttpStatusCode.OK, null), (tokens.Status, tokens["id_token"]));
        var refused = await UserInfoAsync(tokens);
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Contains("insufficient_scope", refused.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_access_token_with_everything_is_under_a_kilobyte_and_says_for_whom()
    {
        var web = new RelyingParty(host);
        var tokens = await server.TokensAsync(web, Everything);
        Assert.Equal(("Bearer", HttpStatusCode.OK), (tokens["token_type"], tokens.Status));
        Assert.InRange(tokens.Json.GetProperty("expires_in").GetInt32(), 898, 900);
        Assert.Equal("no-store", tokens.Response.Headers.CacheControl!.ToString());
        var text = tokens["access_token"]!;
        Assert.InRange(text.Length, 1, 1023);
        var header = RelyingParty.Header(text);
        Assert.Equal(("at+jwt", "ES256"), (header.GetProperty("typ").GetString(), header.GetProperty("alg").GetString()));
        await VerifiedAsync(text, "ES256", TestDocument.Api);

        var claims = RelyingParty.Claims(text);
        Assert.Equal(["acr", "aud", "auth_time", "client_id", "exp", "grant_id", "iat", "iss", "jti", "roles", "scope", "sid", "sub"], Names(claims));
        Assert.Equal([TestDocument.Api, TestDocument.OtherApi], Audience(text));
        Assert.Equal(Everything.Split(' ').Order(StringComparer.Ordinal), claims.GetProperty("scope").GetString()!.Split(' ').Order(StringComparer.Ordinal));
        Assert.Equal("web", claims.GetProperty("client_id").GetString());
        Assert.Equal(RelyingParty.Claims(tokens["id_token"]!).GetProperty("sub").GetString(), claims.GetProperty("sub").GetString());
    }

    [Fact]
    public async Task The_audience_is_the_API_that_was_named_or_owns_the_scope_or_this_server_and_never_the_client()
    {
        Assert.Equal([Issuer], Audience((await server.TokensAsync(client, "openid profile"))["access_token"]!));
        Assert.Equal([TestDocument.Api], Audience((await server.TokensAsync(client, "openid notes:read"))["access_token"]!));
        var narrowed = await server.TokensAsync(client, "openid notes:read photos:read", ("resource", TestDocument.OtherApi));
        Assert.Equal([TestDocument.OtherApi], Audience(narrowed["access_token"]!));
        Assert.Equal("openid photos:read", RelyingParty.Claims(narrowed["access_token"]!).GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Several_resources_are_granted_and_each_token_may_be_for_fewer()
    {
        var page = await server.Browser.OpenAsync(client.AuthorizeUrl("openid offline_access notes:read notes:write photos:read")
            + $"&resource={Uri.EscapeDataString(TestDocument.Api)}&resource={Uri.EscapeDataString(TestDocument.OtherApi)}");
        var tokens = await client.RedeemAsync(page.Query("code"), ("resource", TestDocument.Api));
        Assert.Equal([TestDocument.Api], Audience(tokens["access_token"]!));
        Assert.DoesNotContain("photos", RelyingParty.Claims(tokens["access_token"]!).GetProperty("scope").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://unknown.test")]
    [InlineData("https://photos.test")]
    [InlineData("https://notes.test/")]
    [InlineData("https://notes.test#x")]
    [InlineData("notes")]
    public async Task A_resource_that_was_not_granted_is_refused_at_the_token_endpoint_too(string resource)
    {
        var code = await server.CodeAsync(client, "openid notes:read");
        var refused = await client.RedeemAsync(code, ("resource", resource));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_target"), (refused.Status, refused.Error));
        Assert.Equal(HttpStatusCode.OK, (await client.RedeemAsync(code)).Status);
    }

    [Theory]
    [InlineData("openid", "sub")]
    [InlineData("openid profile", "name preferred_username sub updated_at")]
    [InlineData("openid email", "email email_verified sub")]
    [InlineData("openid roles", "roles sub")]
    [InlineData("openid email roles", "email email_verified roles sub")]
    public async Task Scopes_release_claims_in_UserInfo_and_ID_token(string scope, string expected)
    {
        var tokens = await server.TokensAsync(client, scope);
        var userInfo = await UserInfoAsync(tokens);
        Assert.Equal(expected.Split(' '), Names(userInfo.Json));
        Assert.Equal("no-store", userInfo.Response.Headers.CacheControl!.ToString());
        Assert.Equal("application/json", userInfo.Response.Content.Headers.ContentType!.MediaType);
        var id = RelyingParty.Claims(tokens["id_token"]!);
        foreach (var member in userInfo.Json.EnumerateObject())
            Assert.Equal(member.Value.ToString(), id.GetProperty(member.Name).ToString());
        Assert.Equal(userInfo["sub"], RelyingParty.Claims(tokens["access_token"]!).GetProperty("sub").GetString());
        if (scope.Contains("email", StringComparison.Ordinal))
            Assert.Equal(("ada@example.test", true), (userInfo["email"], userInfo.Json.GetProperty("email_verified").GetBoolean()));
        if (scope.Contains("roles", StringComparison.Ordinal))
            Assert.Equal(["admin", "user"], userInfo.Json.GetProperty("roles").EnumerateArray().Select(r => r.GetString()!).Order());
    }

    [Theory]
    [InlineData("""{"userinfo":{"email":{"essential":true},"email_verified":{"essential":false},"name":{"value":"Somebody"}}}""", "email email_verified name sub", "sub")]
    [InlineData("""{"id_token":{"email":null,"auth_time":{"essential":true}}}""", "sub", "email sub")]
    [InlineData("""{"userinfo":{"name":null},"id_token":{"roles":null},"other":{"a":null}}""", "name sub", "roles sub")]
    [InlineData("""{"userinfo":{"phone_number":null,"address":null,"nonsense":null,"password_hash":null,"sid":null}}""", "sub", "sub")]
    [InlineData("""{"userinfo":null,"id_token":null}""", "sub", "sub")]
    [InlineData("{}", "sub", "sub")]
    public async Task Single_claims_come_where_they_were_asked_for_essential_or_not(string claims, string inUserInfo, string inIdToken)
    {
        string[] protocol = ["acr", "amr", "at_hash", "aud", "auth_time", "azp", "exp", "iat", "iss", "nonce", "sid"];
        var tokens = await server.TokensAsync(client, "openid", ("claims", claims));
        Assert.Equal(inUserInfo.Split(' '), Names((await UserInfoAsync(tokens)).Json));
        Assert.Equal(inIdToken.Split(' '), Names(RelyingParty.Claims(tokens["id_token"]!)).Except(protocol));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"openid\"")]
    [InlineData("{\"userinfo\":[]}")]
    [InlineData("{\"userinfo\":\"email\"}")]
    [InlineData("{\"id_token\":{\"email\":{\"essential\":{\"a\":{\"b\":{\"c\":{}}}}}}}")]
    [InlineData("{\"userinfo\":{\"email\":null}")]
    public async Task What_is_not_the_JSON_of_the_specification_is_refused(string claims) =>
        Assert.Equal("invalid_request", (await server.Browser.OpenAsync(client.AuthorizeUrl("openid", ("claims", claims)))).Query("error"));

    [Fact]
    public async Task A_value_asked_for_the_subject_or_the_context_is_a_condition()
    {
        var sub = RelyingParty.Claims((await server.TokensAsync(client))["id_token"]!).GetProperty("sub").GetString();
        string Wants(string value) => client.AuthorizeUrl("openid", ("prompt", "none"), ("claims", value));
        Assert.NotEmpty((await server.Browser.OpenAsync(Wants("{\"id_token\":{\"sub\":{\"value\":\"" + sub + "\"}}}"))).Query("code"));
        Assert.Equal("login_required", (await server.Browser.OpenAsync(Wants("{\"id_token\":{\"sub\":{\"value\":\"" + Guid.CreateVersion7() + "\"}}}"))).Query("error"));
        Assert.NotEmpty((await server.Browser.OpenAsync(Wants("""{"id_token":{"acr":{"essential":true,"values":["urn:identityprovider:acr:pwd"]}}}"""))).Query("code"));
        Assert.Empty((await server.Browser.OpenAsync(Wants("""{"id_token":{"acr":{"essential":true,"values":["urn:identityprovider:acr:mfa"]}}}"""))).Query("code"));
    }

    [Fact]
    public async Task A_token_is_taken_from_the_Authorization_header_and_from_nowhere_else()
    {
        var tokens = await server.TokensAsync(client, "openid email");
        var access = tokens["access_token"]!;
        async Task RefusedAsync(HttpRequestMessage request)
        {
            var answer = await client.SendAsync(request);
            Assert.InRange((int)answer.Status, 400, 401);
            Assert.Null(answer["email"]);
            Assert.Equal("no-store", answer.Response.Headers.CacheControl!.ToString());
        }

        await RefusedAsync(new(HttpMethod.Get, $"/connect/userinfo?access_token={access}"));
        await RefusedAsync(new(HttpMethod.Post, "/connect/userinfo") { Content = new FormUrlEncodedContent([new("access_token", access)]) });
        await RefusedAsync(new(HttpMethod.Get, "/connect/userinfo") { Headers = { { "Cookie", $"access_token={access}" } } });
        await RefusedAsync(new(HttpMethod.Get, "/connect/userinfo") { Headers = { Authorization = new AuthenticationHeaderValue("DPoP", access) } });
        await RefusedAsync(new(HttpMethod.Get, "/connect/userinfo") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer") } });
        foreach (var wrong in new[] { tokens["id_token"]!, access[..^4], access + "AAAA", "x", $"{access} {access}" })
            await RefusedAsync(new(HttpMethod.Get, "/connect/userinfo") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", wrong) } });

        foreach (var scheme in new[] { "Bearer", "bearer", "BEARER" })
            Assert.Equal("ada@example.test", (await client.SendAsync(new(HttpMethod.Get, "/connect/userinfo") { Headers = { Authorization = new AuthenticationHeaderValue(scheme, access) } }))["email"]);
        var post = await client.SendAsync(new(HttpMethod.Post, "/connect/userinfo") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", access) } });
        Assert.Equal("ada@example.test", post["email"]);
    }

    [Fact]
    public async Task Who_sends_no_token_learns_no_error_and_who_sends_a_wrong_one_its_code()
    {
        var none = await client.SendAsync(new(HttpMethod.Get, "/connect/userinfo"));
        Assert.Equal(HttpStatusCode.Unauthorized, none.Status);
        Assert.DoesNotContain("error", none.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        var wrong = await client.GetAsync("/connect/userinfo", "x");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.Status);
        Assert.Contains("error=\"invalid_token\"", wrong.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }
}
