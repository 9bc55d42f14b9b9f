using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using IdentityProvider.Tests.ApiKeys;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>The scopes of the admin API by area, and its refusals in one form.</summary>
public sealed class AskingForScopes : IAsyncLifetime
{
    private const string Area = "urn:identityprovider:admin:roles";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document() });
        bench = new RightsBench(host, clock);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_scope_of_an_area_opens_that_area_and_only_as_far_as_it_says()
    {
        var (read, write, other) = (await TokenAsync($"{Area}:read"), await TokenAsync($"{Area}:write"), await TokenAsync("urn:identityprovider:admin:sessions:read"));
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Get, "roles", read)).Status);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Get, "roles", write)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Get, "roles", other)).Status);
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Get, "sessions", other)).Status);
        var role = new { name = "auditor", permissions = Array.Empty<string>() };
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Post, "roles", read, role)).Status);
        Assert.Equal(HttpStatusCode.Created, (await bench.SendAsync(HttpMethod.Post, "roles", write, role)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Get, "sessions", write)).Status);
    }

    [Fact]
    public async Task A_scope_gives_nobody_a_permission()
    {
        var token = await bench.TokenAsync("grace", scope: $"openid {Area}:write");
        var (status, body, _) = await bench.SendAsync(HttpMethod.Get, "roles", token);
        Assert.Equal((HttpStatusCode.Forbidden, "urn:identityprovider:problem:access_denied"), (status, body.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_key_gives_and_changes_no_more_than_it_was_given_whatever_its_owner_holds()
    {
        var (_, key) = await KeyBench.MakeAsync(host, await TokenAsync("urn:identityprovider:api-keys"), new { scope = "urn:identityprovider:admin", permissions = new[] { "roles:manage", "roles:read" } });
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Post, "roles", key, new { name = "spy", permissions = new[] { "sessions:read" } })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.PutAsync($"users/{await bench.SubAsync("grace")}/roles", key, new { roles = new[] { "admin" } })).Status);
        Assert.Equal(HttpStatusCode.Created, (await bench.SendAsync(HttpMethod.Post, "roles", key, new { name = "spy", permissions = new[] { "roles:read" } })).Status);
    }

    [Fact]
    public async Task Who_lacks_a_scope_is_told_the_least_that_would_do()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/admin/v1/roles");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync($"{Area}:read"));
        using var response = await host.Http.SendAsync(request);
        Assert.EndsWith($"error=\"insufficient_scope\", scope=\"{Area}:write\"", response.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "roles", null, null, null, 401, "invalid_token")]
    [InlineData("GET", "sessions", "roles", null, null, 403, "insufficient_scope")]
    [InlineData("GET", "roles/nobody", "all", null, null, 404, "not_found")]
    [InlineData("GET", "nothing", "all", null, null, 404, "not_found")]
    [InlineData("PATCH", "roles", "all", null, null, 405, "invalid_request")]
    [InlineData("GET", "roles?limit=0", "all", null, null, 400, "invalid_request")]
    [InlineData("GET", "roles?limit=many", "all", null, null, 400, "invalid_request")]
    [InlineData("POST", "roles", "all", "text/plain", "{}", 415, "unsupported_media_type")]
    [InlineData("POST", "roles", "all", "application/json", "[]", 400, "invalid_request")]
    [InlineData("POST", "roles", "all", "application/json", """{"name":""}""", 400, "broken_rules")]
    [InlineData("POST", "roles", "all", "application/json", """{"name":"admin"}""", 409, "conflict")]
    [InlineData("PUT", "roles/user", "all", "application/json", """{"permissions":[]}""", 428, "precondition_required")]
    public async Task Every_refusal_is_a_problem_document(string method, string path, string? scope, string? contentType, string? body, int status, string kind)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/admin/v1/{path}");
        if (scope is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(scope == "all" ? "urn:identityprovider:admin" : $"{Area}:read"));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, contentType!);
        using var response = await host.Http.SendAsync(request);
        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal(($"urn:identityprovider:problem:{kind}", status), ((string?)problem["type"], (int)problem["status"]!));
        Assert.Equal(32, ((string)problem["errorId"]!).Length);
        Assert.NotEmpty((string)problem["detail"]!);
        Assert.Equal(kind == "broken_rules", problem["errors"] is not null);
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    private Task<string> TokenAsync(string scope) => bench.TokenAsync("ada", scope: $"openid {scope}");
}
