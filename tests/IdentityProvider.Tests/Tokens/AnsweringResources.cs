using System.Net;
using System.Text.Json;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>Introspection (RFC 7662): a resource asks about tokens made for it.</summary>
public sealed class AnsweringResources(SignedInServer server) : IClassFixture<SignedInServer>
{
    private readonly IdpHost host = server.Host;
    private readonly RelyingParty client = new(server.Host, "trusted");

    private Task<Answer> AskAsync(string? token, string resource = TestDocument.Api, params (string, string?)[] more) =>
        new RelyingParty(host, resource).PostAsync("/connect/introspect", [("token", token), .. more]);

    /// <summary>Nothing but that: why it is not good is nobody's business (section 2.2).</summary>
    private static void Inactive(Answer answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(("active", "False"), (Assert.Single(answer.Json.EnumerateObject()).Name, answer["active"]));
        Assert.Equal("no-store", answer.Response.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task The_audience_learns_what_the_token_says()
    {
        var token = (await server.TokensAsync(client, "openid notes:read"))["access_token"]!;
        var answer = await AskAsync(token);
        var said = RelyingParty.Claims(token);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(answer.Json.GetProperty("active").GetBoolean());
        foreach (var name in new[] { "iss", "sub", "client_id", "jti", "exp", "iat", "scope" })
            Assert.Equal(said.GetProperty(name).ToString(), answer[name]);
        Assert.Equal(JsonValueKind.Number, answer.Json.GetProperty("exp").ValueKind);
        Assert.Equal(("Bearer", TestDocument.Api), (answer["token_type"], answer.Json.GetProperty("aud") is { ValueKind: JsonValueKind.Array } many ? many[0].GetString() : answer["aud"]));
        Assert.DoesNotContain(answer.Json.EnumerateObject(), p => p.Name.StartsWith("oi_", StringComparison.Ordinal));
        Assert.Equal("no-store", answer.Response.Headers.CacheControl!.ToString());
        Assert.Equal("application/json", answer.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(token, TestDocument.Api, ("token_type_hint", "access_token"))).Status);
        Assert.True((await AskAsync(token, TestDocument.Api, ("token_type_hint", "refresh_token"))).Json.GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task A_service_s_token_is_told_to_both_of_its_audiences()
    {
        var token = (await new RelyingParty(host, "worker").TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read photos:read")))["access_token"];
        Assert.Equal("worker", (await AskAsync(token))["client_id"]);
        Assert.Equal("worker", (await AskAsync(token, TestDocument.OtherApi))["client_id"]);
    }

    [Fact]
    public async Task To_everybody_else_every_token_is_inactive()
    {
        var tokens = await server.TokensAsync(client, "openid offline_access notes:read");
        Inactive(await AskAsync(tokens["access_token"], TestDocument.OtherApi));
        Inactive(await AskAsync(tokens["access_token"], "web"));
        Inactive(await AskAsync(tokens["access_token"], "trusted"));
        Inactive(await AskAsync((await server.TokensAsync(client))["access_token"]));
        foreach (var other in new[] { tokens["refresh_token"], tokens["id_token"], await server.CodeAsync(client), "x", "a.b.c", tokens["access_token"]![..^5], new string('a', 16 * 1024) })
            Inactive(await AskAsync(other));
    }

    [Theory]
    [InlineData("spa")]
    [InlineData("native")]
    [InlineData("device")]
    public async Task A_client_that_proves_nothing_learns_nothing(string id)
    {
        var token = (await server.TokensAsync(client, "openid notes:read"))["access_token"];
        var answer = await AskAsync(token, id);
        Assert.InRange((int)answer.Status, 400, 401);
        Assert.Null(answer["active"]);
    }

    [Fact]
    public async Task A_token_comes_by_post_alone_and_must_come()
    {
        var token = (await server.TokensAsync(client, "openid notes:read"))["access_token"];
        using var get = new HttpRequestMessage(HttpMethod.Get, $"/connect/introspect?token={token}");
        get.Headers.Authorization = RelyingParty.Basic(TestDocument.Api, TestDocument.Secret);
        var byGet = await client.SendAsync(get);
        Assert.InRange((int)byGet.Status, 400, 405);
        Assert.Null(byGet["active"]);
        foreach (var missing in new[] { await AskAsync(null), await AskAsync("") })
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (missing.Status, missing.Error));
    }
}
