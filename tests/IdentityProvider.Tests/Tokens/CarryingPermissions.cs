using System.Text.Json.Nodes;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Passkeys;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>Roles and permissions go to the API that registered them, of what the person holds, under the scope that stands for them.</summary>
public sealed class CarryingPermissions : IAsyncLifetime
{
    private IdpHost host = null!;
    private Browser browser = null!;
    private RelyingParty client = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Document = Document() });
        client = new RelyingParty(host, "trusted");
        browser = new Browser(host);
        await client.SignInAsync(browser, "openid", "grace");
        await browser.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp()));
    }

    public async Task DisposeAsync()
    {
        browser.Dispose();
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData("openid", null, null)]
    [InlineData("openid roles", null, null)]
    [InlineData("openid notes:read", null, "notes:read:own")]
    [InlineData("openid notes:write", null, "notes:delete:own notes:write")]
    [InlineData("openid notes:read notes:write roles", "user", "notes:delete:own notes:read:own notes:write")]
    [InlineData("openid photos:read roles", "editor", "photos:read:all")]
    [InlineData("openid photos:read", null, "photos:read:all")]
    [InlineData("openid notes:read photos:read roles", "editor user", "notes:read:own photos:read:all")]
    public async Task An_access_token_carries_what_its_audience_registered_and_its_scopes_stand_for(string scope, string? roles, string? permissions)
    {
        var tokens = await client.TokensAsync(browser, scope);
        Assert.Equal((roles, permissions), (Claim(tokens["access_token"]!, "roles"), Claim(tokens["access_token"]!, "permissions")));

        // The client itself is told of roles by the scope roles alone, and of permissions never.
        var asked = scope.Contains("roles", StringComparison.Ordinal) ? "editor user" : null;
        var userInfo = (await client.GetAsync("/connect/userinfo", tokens["access_token"]!)).Json;
        Assert.Equal(asked, Claim(tokens["id_token"]!, "roles"));
        Assert.Equal(asked is not null, userInfo.TryGetProperty("roles", out _));
        Assert.Null(Claim(tokens["id_token"]!, "permissions"));
        Assert.False(userInfo.TryGetProperty("permissions", out _));
    }

    [Fact]
    public async Task A_token_for_fewer_audiences_says_less_and_the_resource_is_told_the_same_by_introspection()
    {
        var page = await client.SignInAsync(browser, "openid roles notes:read photos:read offline_access", "grace");
        var tokens = await client.RedeemAsync(page.Query("code"), ("resource", TestDocument.OtherApi));
        Assert.Equal(("editor", "photos:read:all"), (Claim(tokens["access_token"]!, "roles"), Claim(tokens["access_token"]!, "permissions")));
        var fewer = await client.RefreshAsync(tokens["refresh_token"]!, ("scope", "openid notes:read"));
        Assert.Equal((null, "notes:read:own"), (Claim(fewer["access_token"]!, "roles"), Claim(fewer["access_token"]!, "permissions")));

        var answer = await new RelyingParty(host, TestDocument.OtherApi).PostAsync("/connect/introspect", ("token", tokens["access_token"]));
        Assert.Equal("photos:read:all", Assert.Single(answer.Json.GetProperty("permissions").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task What_is_taken_away_is_not_in_the_next_token_and_more_than_fits_is_left_out_and_told()
    {
        var tokens = await client.TokensAsync(browser, "openid notes:read photos:read offline_access");
        Assert.Equal("notes:read:own photos:read:all", Claim(tokens["access_token"]!, "permissions"));
        await ChangeAsync([.. Enumerable.Range(0, 100).Select(i => $"photos:p{i}")]);
        tokens = await client.RefreshAsync(tokens["refresh_token"]!);
        Assert.Null(Claim(tokens["access_token"]!, "permissions"));

        await ChangeAsync([.. Enumerable.Range(0, 50).Select(i => $"photos:p{i}")]);
        using var events = new EventTrap(host);
        tokens = await client.RefreshAsync(tokens["refresh_token"]!);
        Assert.Equal(51, Claim(tokens["access_token"]!, "permissions")!.Split(' ').Length);
        Assert.DoesNotContain("tokens.claim_left_out", events.Names);
        await ChangeAsync([.. Enumerable.Range(0, 30).Select(i => $"photos:{new string('x', 80)}{i}")]);
        tokens = await client.RefreshAsync(tokens["refresh_token"]!);
        Assert.Null(Claim(tokens["access_token"]!, "permissions"));
        Assert.Contains("tokens.claim_left_out", events.Names);

        await host.InStoreAsync(db => db.Set<UserRole>().ExecuteDeleteAsync());
        Assert.Null(Claim((await client.RefreshAsync(tokens["refresh_token"]!))["access_token"]!, "permissions"));

        Task ChangeAsync(List<string> permissions) => host.InStoreAsync(async db =>
        {
            (await db.Set<Role>().SingleAsync(role => role.Name == "editor")).Permissions = permissions;
            return await db.SaveChangesAsync();
        });
    }

    private static string Document()
    {
        var document = JsonNode.Parse(TestDocument.Json)!;
        var (notes, photos) = (document["apis"]![0]!, document["apis"]![1]!);
        notes["roles"] = new JsonArray("user", "admin");
        notes["scopes"]![0]!["permissions"] = new JsonArray("notes:read:own");
        notes["scopes"]![1]!["permissions"] = new JsonArray("notes:write", "notes:delete");
        photos["roles"] = new JsonArray("editor", "admin");
        photos["scopes"]![0]!["permissions"] = new JsonArray("photos");
        document["roles"]!.AsArray().Add(Role("user", "notes:read:own", "notes:delete:own", "other:do"));
        document["roles"]!.AsArray().Add(Role("editor", "notes:read:own", "notes:write", "photos:read:all", "photos:read:own"));
        document["users"]!.AsArray().Single(user => (string?)user!["username"] == "grace")!["roles"] = new JsonArray("user", "editor");
        document["users"]!.AsArray().Single(user => (string?)user!["username"] == "grace")!["totp_secret"] = TestDocument.TotpSecret;
        return document.ToJsonString();
    }

    private static JsonObject Role(string name, params string[] permissions) => new() { ["name"] = name, ["permissions"] = new JsonArray([.. permissions.Select(p => (JsonNode)p)]) };

    private static string? Claim(string token, string name) =>
        RelyingParty.Claims(token).TryGetProperty(name, out var values) ? string.Join(' ', values.EnumerateArray().Select(value => value.GetString()).Order(StringComparer.Ordinal)) : null;
}
