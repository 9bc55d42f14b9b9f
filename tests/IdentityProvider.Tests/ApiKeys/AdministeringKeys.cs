using System.Net;
using System.Text.Json.Nodes;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.ApiKeys;

/// <summary>Administrators see everybody's keys and end them, and a key of theirs does there what it was given and they hold.</summary>
public sealed class AdministeringKeys : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = KeyBench.Clock();
    private IdpHost host = null!;

    public async Task InitializeAsync()
    {
        var document = JsonNode.Parse(KeyBench.Document())!;
        document["roles"]!.AsArray().Add(new JsonObject { ["name"] = "keeper", ["permissions"] = new JsonArray("api-keys:read", "api-keys:manage", "sessions:read") });
        document["users"]!.AsArray().Single(user => (string?)user!["username"] == "otp")!["roles"] = new JsonArray("keeper");
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = document.ToJsonString() });
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task They_see_whose_they_are_page_by_page_and_end_one()
    {
        var ada = await KeyBench.TokenAsync(host);
        var (first, secret) = await KeyBench.MakeAsync(host, ada);
        clock.Advance(TimeSpan.FromSeconds(1));
        var (second, _) = await KeyBench.MakeAsync(host, ada);
        var admin = await AdministratorAsync();
        var page = await KeyBench.SendAsync(host, HttpMethod.Get, "/api/admin/v1/api-keys?user=ada&limit=1", admin);
        Assert.Equal([second], Ids(page));
        Assert.Equal([first], Ids(await KeyBench.SendAsync(host, HttpMethod.Get, $"/api/admin/v1/api-keys?limit=1&after={page["next"]}", admin)));
        Assert.DoesNotContain(secret, page.Json.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await KeyBench.SendAsync(host, HttpMethod.Delete, $"/api/admin/v1/api-keys/{first}", admin)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await KeyBench.SendAsync(host, HttpMethod.Delete, $"/api/admin/v1/api-keys/{first}", admin)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/me", secret)).Status);
        Assert.Contains("An administrator revoked", (await host.MailAsync("ada@example.test")).Subject, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/admin/v1/api-keys?limit=0", admin)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/admin/v1/api-keys", await KeyBench.TokenAsync(host, scope: "openid urn:identityprovider:admin"))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/admin/v1/api-keys", null)).Status);
    }

    [Fact]
    public async Task A_key_administers_with_the_permissions_that_it_was_given_and_its_owner_holds()
    {
        var admin = await AdministratorAsync();
        var (_, all) = await KeyBench.MakeAsync(host, admin, new { scope = "urn:identityprovider:admin", permissions = new[] { "api-keys:read" } });
        var (_, none) = await KeyBench.MakeAsync(host, admin, new { scope = "urn:identityprovider:admin" });
        var (_, other) = await KeyBench.MakeAsync(host, admin, new { scope = "notes:read", permissions = new[] { "api-keys:read" } });
        Assert.Equal(HttpStatusCode.OK, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/admin/v1/api-keys", all)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/admin/v1/sessions", all)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/admin/v1/api-keys", none)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/admin/v1/api-keys", other)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyBench.SendAsync(host, HttpMethod.Post, "/api/admin/v1/panic", all, new { confirm = "x" })).Status);
        await KeyBench.TakeRolesAsync(host, "otp");
        Assert.Equal(HttpStatusCode.Forbidden, (await KeyBench.SendAsync(host, HttpMethod.Get, "/api/admin/v1/api-keys", all)).Status);
    }

    private async Task<string> AdministratorAsync()
    {
        using var browser = new Browser(host);
        await browser.OpenAccountAsync("/account", "otp");
        await browser.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(clock.GetUtcNow().UtcDateTime)));
        return (await new RelyingParty(host, "trusted").TokensAsync(browser, "openid urn:identityprovider:api-keys urn:identityprovider:admin"))["access_token"]!;
    }

    private static IEnumerable<Guid> Ids(Answer page) => page.Json.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("id").GetGuid());
}
