using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace IdentityProvider.Tests.ApiKeys;

/// <summary>A server, somebody who makes keys over the API, and the doors that take them.</summary>
internal static class KeyBench
{
    public const string Scope = "openid urn:identityprovider:api-keys";

    /// <summary>"trusted" may manage keys, "worker" may exchange them, ada holds notes:read:own beside users:read.</summary>
    public static string Document()
    {
        var document = JsonNode.Parse(TestDocument.Json)!;
        foreach (var client in document["clients"]!.AsArray())
        {
            if ((string?)client!["client_id"] == "trusted")
                client["scope"] = $"{client["scope"]} urn:identityprovider:api-keys urn:identityprovider:admin";
            if ((string?)client["client_id"] == "worker")
                client["grant_types"] = new JsonArray("client_credentials", "urn:ietf:params:oauth:grant-type:token-exchange");
        }

        document["apis"]![0]!["scopes"]![0]!["permissions"] = new JsonArray("notes:read");
        document["roles"]!.AsArray().Add(new JsonObject { ["name"] = "reader", ["permissions"] = new JsonArray("notes:read:own") });
        document["users"]!.AsArray().Single(user => (string?)user!["username"] == "ada")!["roles"] = new JsonArray("admin", "reader");
        return document.ToJsonString();
    }

    public static FakeTimeProvider Clock() => new(new DateTimeOffset(2030, 1, 31, 12, 0, 0, TimeSpan.Zero));

    public static async Task<string> TokenAsync(IdpHost host, string username = "ada", string scope = Scope)
    {
        using var browser = new Browser(host);
        return (await new RelyingParty(host, "trusted").TokensAsync(browser, scope, username))["access_token"]!;
    }

    public static async Task<Answer> SendAsync(IdpHost host, HttpMethod method, string path, string? token, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await new RelyingParty(host).SendAsync(request);
    }

    /// <summary>A key with the scopes notes:read, openid and profile, unless told otherwise.</summary>
    public static async Task<(Guid Id, string Secret)> MakeAsync(IdpHost host, string token, object? more = null)
    {
        var body = JsonSerializer.SerializeToNode(new { name = "Backup", scope = "notes:read openid profile" })!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
            body[name] = value?.DeepClone();
        var answer = await SendAsync(host, HttpMethod.Post, "/api/keys", token, body);
        if (answer.Status != HttpStatusCode.Created)
            throw new InvalidOperationException(answer.Json.ToString());
        return (answer.Json.GetProperty("id").GetGuid(), answer["key"]!);
    }

    /// <summary>What an API learns that was sent the key from an address.</summary>
    public static Task<Answer> IntrospectAsync(IdpHost host, string secret, string api = TestDocument.Api, string? from = null) =>
        new RelyingParty(host, api).PostAsync("/connect/introspect", ("token", secret), ("ip_address", from));

    public static Task<Answer> ExchangeAsync(IdpHost host, string secret, params (string Name, string? Value)[] changes) => new RelyingParty(host, "worker").TokenAsync(
        [("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"), ("subject_token", secret), ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"), .. changes]);

    public static Task<int> TakeRolesAsync(IdpHost host, string username = "ada") => host.InStoreAsync(async db =>
        await db.Set<UserRole>().Where(held => db.Set<User>().Any(u => u.Id == held.UserId && u.UserName == username)).ExecuteDeleteAsync());
}
