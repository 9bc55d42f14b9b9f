using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Clients;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using OtpNet;

namespace IdentityProvider.Tests.Admin;

/// <summary>Administrators with a token each: ada and otto hold admin, deputy may manage roles and little else, reader may look.</summary>
internal sealed class RightsBench(IdpHost host, FakeTimeProvider clock)
{
    public const string Scope = "openid roles urn:identityprovider:admin";

    public static string Document(params string[] more)
    {
        var document = JsonNode.Parse(Documents.Setting(TestDocument.Json, "trusted", ("scope", $"openid profile roles urn:identityprovider:admin urn:identityprovider:api-keys notes:read {string.Join(' ', AdminScopes.All.Select(scope => scope.Name))}")))!;
        document["roles"] = new JsonArray(
            Role("admin", ["roles:manage", "roles:read", "sessions:read", "users:read", .. more]), Role("deputy", "roles:manage", "roles:read", "notes:read:own"), Role("reader", "roles:read"), Role("chief", "keys:manage"), Role("delegate"));
        document["users"] = new JsonArray(User("ada", "admin"), User("otto", "admin"), User("deputy", "deputy"), User("reader", "reader"), User("grace"), User("delegate", "delegate"));
        return document.ToJsonString();
    }

    public async Task<string> TokenAsync(string username, IdpHost? node = null, string scope = Scope)
    {
        using var browser = await SignedInAsync(username, node);
        return (await new RelyingParty(node ?? host, "trusted").TokensAsync(browser, scope))["access_token"]!;
    }

    /// <summary>With both factors.</summary>
    public async Task<Browser> SignedInAsync(string username, IdpHost? node = null)
    {
        // Each code works once.
        clock.Advance(TimeSpan.FromSeconds(30));
        var browser = new Browser(node ?? host);
        await browser.OpenAccountAsync("/account", username);
        await browser.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(clock.GetUtcNow().UtcDateTime)));
        return browser;
    }

    public Task<Guid> SubAsync(string username) => host.InStoreAsync(db => db.Set<User>().Where(user => user.UserName == username).Select(user => user.Id).SingleAsync());

    public async Task<(HttpStatusCode Status, JsonElement Body, string? Tag)> SendAsync(HttpMethod method, string path, string? token, object? body = null, string? ifMatch = null, IdpHost? node = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/admin/v1/{path}");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await (node ?? host).Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default, response.Headers.ETag?.ToString());
    }

    /// <summary>Reads, and changes what was read.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body, string? Tag)> PutAsync(string path, string token, object body, IdpHost? node = null) =>
        await SendAsync(HttpMethod.Put, path, token, body, (await SendAsync(HttpMethod.Get, path, token, node: node)).Tag, node);

    public async Task<string> EffectiveAsync(string username, string token) =>
        string.Join(' ', (await SendAsync(HttpMethod.Get, $"users/{await SubAsync(username)}/roles", token)).Body.GetProperty("effective").EnumerateArray().Select(role => role.GetString()));

    private static JsonObject Role(string name, params string[] permissions) => new() { ["name"] = name, ["permissions"] = new JsonArray([.. permissions.Select(p => (JsonNode)p)]) };

    private static JsonObject User(string name, params string[] roles) => new()
    {
        ["username"] = name,
        ["email"] = $"{name}@example.test",
        ["password"] = TestDocument.Password,
        ["totp_secret"] = TestDocument.TotpSecret,
        ["roles"] = new JsonArray([.. roles.Select(role => (JsonNode)role)]),
    };
}
