using System.Net;
using IdentityProvider.Tests.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>Introspection answered by a JWT (RFC 9701).</summary>
public sealed class SigningAnswers(SignedInServer server) : IClassFixture<SignedInServer>
{
    private const string Jwt = "application/token-introspection+jwt";
    private readonly IdpHost host = server.Host;

    private async Task<(string? Type, string Body)> AskAsync(string? token, string accept, string? secret = TestDocument.Secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/introspect") { Content = new FormUrlEncodedContent([new("token", token)]) };
        request.Headers.Authorization = RelyingParty.Basic(TestDocument.Api, secret!);
        request.Headers.Accept.ParseAdd(accept);
        using var response = await host.Http.SendAsync(request);
        Assert.Equal("Accept", string.Join(',', response.Headers.Vary.Where(v => v != "Origin")));
        if (response.StatusCode == HttpStatusCode.OK)
            Assert.True(response.Headers.CacheControl!.NoStore);
        return (response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync());
    }

    private async Task<string> TokenAsync() => (await server.TokensAsync(new RelyingParty(host, "trusted"), "openid notes:read"))["access_token"]!;

    [Fact]
    public async Task The_answer_is_signed_for_who_asked_and_is_no_access_token()
    {
        var token = await TokenAsync();
        var (type, jwt) = await AskAsync(token, Jwt);
        Assert.Equal(Jwt, type);
        var keys = new JsonWebKeySet(await host.Http.GetStringAsync(new Uri("/.well-known/jwks", UriKind.Relative)));
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(jwt, new TokenValidationParameters
        {
            ValidIssuer = host.Issuer.ToString().TrimEnd('/'),
            ValidAudience = TestDocument.Api,
            ValidTypes = ["token-introspection+jwt"],
            ValidAlgorithms = ["RS256"],
            IssuerSigningKeys = keys.Keys,
            RequireExpirationTime = false,
        });
        Assert.True(result.IsValid, result.Exception?.Message);
        var claims = RelyingParty.Claims(jwt);
        Assert.Equal(["aud", "iat", "iss", "token_introspection"], claims.EnumerateObject().Select(c => c.Name).Order(StringComparer.Ordinal));
        var told = claims.GetProperty("token_introspection");
        Assert.True(told.GetProperty("active").GetBoolean());
        Assert.Equal(("trusted", "openid notes:read"), (told.GetProperty("client_id").GetString(), told.GetProperty("scope").GetString()));
        Assert.Equal(RelyingParty.Claims(token).GetProperty("exp").GetInt64(), told.GetProperty("exp").GetInt64());
        Assert.Equal(HttpStatusCode.Unauthorized, (await new RelyingParty(host).GetAsync("/connect/userinfo", jwt)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await new RelyingParty(host).GetAsync("/api/me", jwt)).Status);
    }

    [Fact]
    public async Task That_a_token_is_not_active_is_signed_too_and_nothing_else_is_said()
    {
        var told = RelyingParty.Claims((await AskAsync("x", Jwt)).Body).GetProperty("token_introspection");
        Assert.False(Assert.Single(told.EnumerateObject()).Value.GetBoolean());
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("*/*")]
    [InlineData("application/*")]
    [InlineData("application/json, application/token-introspection+jwt;q=0.5")]
    [InlineData("application/token-introspection+jwt;q=0")]
    public async Task Who_does_not_ask_for_it_gets_JSON(string accept)
    {
        var (type, body) = await AskAsync(await TokenAsync(), accept);
        Assert.Equal(("application/json", '{'), (type, body[0]));
    }

    [Fact]
    public async Task Who_proves_nothing_gets_an_error_that_nobody_signed()
    {
        var (type, body) = await AskAsync(await TokenAsync(), Jwt, "a-wrong-secret-of-some-length-000");
        Assert.Equal("application/json", type);
        Assert.Contains("invalid_client", body, StringComparison.Ordinal);
    }
}
