using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using IdentityProvider.Clients;
using IdentityProvider.Roles;
using IdentityProvider.Tests.ApiKeys;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>Every operation of the document, asked by everybody who may not, and by everybody who may.</summary>
public sealed class AuthorizingEveryRoute : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;

    private sealed record Operation(string Method, string Path, string[] Permissions, string[][] Scopes)
    {
        /// <summary>A check of documents is a POST for its body, and changes nothing.</summary>
        public bool Reads => Method == "GET" || Path.EndsWith("/setup/check", StringComparison.Ordinal);

        public override string ToString() => $"{Method} {Path}";
    }

    private static IReadOnlyList<Operation> Operations { get; } =
    [
        .. from path in JsonNode.Parse(File.ReadAllText(Path.Combine(Checkout.Root, "docs/reference/admin-api.json")))!["paths"]!.AsObject()
           from operation in path.Value!.AsObject()
           select new Operation(
               operation.Key.ToUpperInvariant(), path.Key, [.. operation.Value!["x-permissions"]!.AsArray().Select(permission => (string)permission!)],
               [.. operation.Value["x-scopes"]!.AsArray().Select(set => set!.AsArray().Select(scope => (string)scope!).ToArray())]),
    ];

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document("api-keys:read"), Settings = { ["RateLimits:AdminApi:Permits"] = "100000" } });
        bench = new RightsBench(host, clock);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public void Every_operation_names_a_permission_and_a_scope_for_it()
    {
        Assert.True(Operations.Count > 50);
        Assert.All(Operations, operation =>
        {
            Assert.NotEmpty(operation.Permissions);
            Assert.Equal(operation.Permissions.Length, operation.Scopes.Length);
            Assert.All(operation.Scopes, set => Assert.Contains(StandardScopes.Administration, set));
            Assert.All(operation.Permissions, permission => Assert.EndsWith(operation.Reads ? ":read" : ":manage", permission, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Nobody_and_tokens_for_others_are_told_to_sign_in()
    {
        using var browser = new Browser(host);
        var elsewhere = (await new RelyingParty(host, "trusted").TokensAsync(browser, "openid notes:read", "grace", ("resource", TestDocument.Api)))["access_token"]!;
        await EachAsync(null, _ => 401);
        await EachAsync(elsewhere, _ => 401);
        await EachAsync("none of ours", _ => 401);
    }

    [Fact]
    public async Task A_token_with_the_scopes_of_other_areas_only_is_not_enough()
    {
        var token = await bench.TokenAsync("ada", scope: "openid profile urn:identityprovider:admin:statistics:read");
        await EachAsync(token, operation => operation.Scopes.All(set => set.Contains("urn:identityprovider:admin:statistics:read")) ? null : 403, mayBeRefused: true);
        var reads = await bench.TokenAsync("ada", scope: $"openid {string.Join(' ', AdminScopes.All.Where(scope => scope.Name.EndsWith(":read", StringComparison.Ordinal)).Select(scope => scope.Name))}");
        await EachAsync(reads, operation => operation.Reads ? null : 403, mayBeRefused: true);
    }

    [Fact]
    public async Task A_role_opens_what_its_permission_says_and_nothing_else()
    {
        var token = await bench.TokenAsync("delegate");
        await EachAsync(token, _ => 403);
        var all = Operations.SelectMany(operation => operation.Permissions).Distinct().ToList();
        Assert.Empty(all.Except(SeededRoles.Permissions[SeededRoles.Admin]));
        foreach (var permission in all)
        {
            await GiveAsync(permission);
            await EachAsync(token, operation => operation.Permissions.All(needed => needed == permission) ? null : 403, because: permission);
        }

        await GiveAsync([.. all.Where(permission => permission.EndsWith(":read", StringComparison.Ordinal))]);
        await EachAsync(token, operation => operation.Reads ? null : 403, because: "a viewer");
    }

    [Fact]
    public async Task An_api_key_needs_the_scope_and_was_given_the_permission()
    {
        var token = await bench.TokenAsync("ada", scope: "openid urn:identityprovider:api-keys");
        var (_, other) = await KeyBench.MakeAsync(host, token, new { scope = "notes:read openid" });
        var (_, empty) = await KeyBench.MakeAsync(host, token, new { name = "Empty", scope = "urn:identityprovider:admin" });
        var (_, reader) = await KeyBench.MakeAsync(host, token, new { name = "Reader", scope = "urn:identityprovider:admin", permissions = new[] { "api-keys:read" } });
        await EachAsync(other, _ => 403);
        await EachAsync(empty, _ => 403);
        await EachAsync(reader, operation => operation.Permissions is ["api-keys:read"] ? null : 403);
    }

    /// <param name="token">The caller's.</param>
    /// <param name="expected">The status; null: anything but being turned away.</param>
    /// <param name="mayBeRefused">The caller may lack a permission.</param>
    /// <param name="because">What to say when it is not so.</param>
    private async Task EachAsync(string? token, Func<Operation, int?> expected, bool mayBeRefused = false, string? because = null)
    {
        foreach (var operation in Operations)
        {
            using var request = new HttpRequestMessage(new HttpMethod(operation.Method), operation.Path.Replace("{sub}", $"{Guid.CreateVersion7()}", StringComparison.Ordinal)
                .Replace("{id}", $"{Guid.CreateVersion7()}", StringComparison.Ordinal).Replace("{sid}", $"{Guid.CreateVersion7()}", StringComparison.Ordinal)
                .Replace("{delivery}", $"{Guid.CreateVersion7()}", StringComparison.Ordinal).Replace('{', 'x').Replace('}', 'x'));
            if (token is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await host.Http.SendAsync(request);
            var status = (int)response.StatusCode;
            var what = $"{operation} as {because ?? "this caller"}: {status} {await response.Content.ReadAsStringAsync()}";
            if (expected(operation) is { } wanted)
                Assert.True(status == wanted, what);
            else
                Assert.True(status is not (401 or >= 500) && (status != 403 || mayBeRefused), what);
            if (status >= 400)
                Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }
    }

    private Task<int> GiveAsync(params string[] permissions) => host.InStoreAsync(async db =>
    {
        (await db.Set<Role>().SingleAsync(role => role.Name == "delegate")).Permissions = [.. permissions];
        return await db.SaveChangesAsync();
    });
}
