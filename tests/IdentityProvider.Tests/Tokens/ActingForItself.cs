using System.Net;
using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>The client credentials grant (RFC 6749 section 4.4).</summary>
public sealed class ActingForItself(SharedServer server) : IClassFixture<SharedServer>
{
    private readonly IdpHost host = server.Host;

    private Task<Answer> AskAsync(params (string, string?)[] parameters) => new RelyingParty(host, "worker").TokenAsync([("grant_type", "client_credentials"), .. parameters]);

    private static string[] Audience(Answer answer) => RelyingParty.Claims(answer["access_token"]!).GetProperty("aud") is { ValueKind: JsonValueKind.Array } many
        ? [.. many.EnumerateArray().Select(a => a.GetString()!)]
        : [RelyingParty.Claims(answer["access_token"]!).GetProperty("aud").GetString()!];

    private static void Refused(Answer answer, string error) => Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));

    [Fact]
    public async Task A_token_says_what_an_API_needs_and_no_more()
    {
        var answer = await AskAsync(("scope", "notes:read"));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(("Bearer", "notes:read"), (answer["token_type"], answer["scope"] ?? "notes:read"));
        Assert.InRange(answer.Json.GetProperty("expires_in").GetInt32(), 898, 900);
        Assert.False(answer.Json.TryGetProperty("refresh_token", out _));
        Assert.False(answer.Json.TryGetProperty("id_token", out _));

        var token = answer["access_token"]!;
        Assert.InRange(token.Length, 1, 1023);
        var header = RelyingParty.Header(token);
        Assert.Equal(("at+jwt", "ES256"), (header.GetProperty("typ").GetString(), header.GetProperty("alg").GetString()));
        Assert.Equal(["alg", "kid", "typ"], header.EnumerateObject().Select(h => h.Name).Order());

        var claims = RelyingParty.Claims(token);
        Assert.Equal(host.Issuer.ToString().TrimEnd('/'), claims.GetProperty("iss").GetString());
        Assert.Equal([TestDocument.Api], Audience(answer));
        Assert.Equal("worker", claims.GetProperty("client_id").GetString());
        Assert.Equal("worker", claims.GetProperty("sub").GetString());
        Assert.Equal("notes:read", claims.GetProperty("scope").GetString());
        Assert.NotEmpty(claims.GetProperty("jti").GetString()!);
        Assert.Equal(900, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal(["aud", "client_id", "exp", "iat", "iss", "jti", "scope", "sub"], claims.EnumerateObject().Select(c => c.Name).Order());
    }

    [Fact]
    public async Task Two_tokens_have_two_identifiers()
    {
        var identifiers = new[] { await AskAsync(), await AskAsync() }.Select(a => RelyingParty.Claims(a["access_token"]!).GetProperty("jti").GetString());
        Assert.Equal(2, identifiers.Distinct().Count());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Without_a_scope_it_is_what_the_client_is_registered_for(string? scope)
    {
        var answer = await AskAsync(("scope", scope));
        Assert.Equal("notes:read notes:write photos:read", RelyingParty.Claims(answer["access_token"]!).GetProperty("scope").GetString());
        Assert.Equal([TestDocument.Api, TestDocument.OtherApi], Audience(answer).Order());

        // RFC 6749 section 5.1: said, because it is another than was asked for.
        Assert.Equal("notes:read notes:write photos:read", answer["scope"]);
    }

    [Fact]
    public async Task The_audience_is_the_API_of_the_scope()
    {
        Assert.Equal([TestDocument.OtherApi], Audience(await AskAsync(("scope", "photos:read"))));
        Assert.Equal([TestDocument.Api, TestDocument.OtherApi], Audience(await AskAsync(("scope", "photos:read notes:write"))).Order());
    }

    [Fact]
    public async Task An_unknown_scope_is_refused_with_the_nearest_name()
    {
        var answer = await AskAsync(("scope", "notes:raed"));
        Refused(answer, "invalid_scope");
        Assert.Contains("notes:read", answer["error_description"], StringComparison.Ordinal);
        Refused(await AskAsync(("scope", "notes:read utterly-else")), "invalid_scope");
        Refused(await AskAsync(("scope", "NOTES:READ")), "invalid_scope");
    }

    [Fact]
    public async Task A_scope_of_others_is_refused()
    {
        var answer = await new RelyingParty(server.Host, "reader").TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:write"), ("client_secret", TestDocument.Secret));
        Refused(answer, "invalid_scope");
        Assert.Contains("notes:write", answer["error_description"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openid")]
    [InlineData("openid notes:read")]
    [InlineData("offline_access")]
    [InlineData("notes:read offline_access")]
    [InlineData("profile")]
    public async Task A_scope_that_speaks_of_a_person_is_refused(string scope)
    {
        Refused(await AskAsync(("scope", scope)), "invalid_scope");
        Refused(await new RelyingParty(host, "reader").TokenAsync(("grant_type", "client_credentials"), ("scope", scope), ("client_secret", TestDocument.Secret)), "invalid_scope");
    }

    [Fact]
    public async Task A_resource_narrows_the_token()
    {
        var answer = await AskAsync(("resource", TestDocument.Api));
        Assert.Equal([TestDocument.Api], Audience(answer));
        Assert.Equal("notes:read notes:write", RelyingParty.Claims(answer["access_token"]!).GetProperty("scope").GetString());

        answer = await AskAsync(("resource", TestDocument.Api), ("scope", "notes:read"));
        Assert.Equal("notes:read", RelyingParty.Claims(answer["access_token"]!).GetProperty("scope").GetString());
        Refused(await AskAsync(("resource", TestDocument.OtherApi), ("scope", "notes:read")), "invalid_scope");
    }

    [Fact]
    public async Task Several_resources_are_one_audience()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/connect/token")
        {
            Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("resource", TestDocument.Api), new("resource", TestDocument.OtherApi)]),
        };
        request.Headers.Authorization = RelyingParty.Basic("worker", TestDocument.Secret);
        var answer = await new RelyingParty(host).SendAsync(request);
        Assert.Equal([TestDocument.Api, TestDocument.OtherApi], Audience(answer).Order());
    }

    [Theory]
    [InlineData("https://unknown.test")]
    [InlineData("https://notes.test/")]
    [InlineData("https://NOTES.test")]
    [InlineData("https://notes.test#fragment")]
    [InlineData("notes")]
    [InlineData("/notes")]
    public async Task An_unknown_resource_is_refused(string resource) => Refused(await AskAsync(("resource", resource)), "invalid_target");

    [Fact]
    public async Task A_resource_of_others_is_refused() => Refused(
        await new RelyingParty(host, "reader").TokenAsync(("grant_type", "client_credentials"), ("resource", TestDocument.OtherApi), ("client_secret", TestDocument.Secret)), "invalid_target");

    [Fact]
    public async Task A_client_that_proves_nothing_cannot()
    {
        foreach (var client in new[] { "spa", "native", "device" })
        {
            var answer = await new RelyingParty(host, client).TokenAsync(("grant_type", "client_credentials"));
            Assert.True(answer.Error is "unauthorized_client" or "invalid_client", answer.Error);
            Assert.InRange((int)answer.Status, 400, 401);
        }
    }

    [Fact]
    public async Task A_client_registered_for_people_cannot() =>
        Refused(await new RelyingParty(host).TokenAsync(("grant_type", "client_credentials")), "unauthorized_client");

    [Fact]
    public async Task A_token_leaves_no_row()
    {
        await using var own = await IdpHost.StartAsync();
        await new RelyingParty(own, "worker").TokenAsync(("grant_type", "client_credentials"));
        Assert.Equal((0, 0, 0), await own.InStoreAsync(async db => (
            await db.Set<Token>().CountAsync(), await db.Set<Grant>().CountAsync(), await db.Set<SpentIdentifier>().CountAsync())));
    }
}
