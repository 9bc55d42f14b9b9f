using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>A role given or taken counts at the next request, on every node: nothing of ours believes what a token or session said of it.</summary>
public sealed class ChangingRoles
{
    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    private static Task<int> TakeAsync(IdpHost host, string role) => host.InStoreAsync(async db =>
    {
        var held = await db.Set<Role>().Where(r => r.Name == role).Select(r => r.Id).SingleAsync();
        return await db.Set<UserRole>().Where(r => r.RoleId == held).ExecuteDeleteAsync();
    });

    private static Task<int> GiveAsync(IdpHost host, string username, string role) => host.InStoreAsync(async db =>
    {
        db.Add(new UserRole
        {
            UserId = await db.Set<User>().Where(u => u.UserName == username).Select(u => u.Id).SingleAsync(),
            RoleId = await db.Set<Role>().Where(r => r.Name == role).Select(r => r.Id).SingleAsync(),
        });
        return await db.SaveChangesAsync();
    });

    [Theory, MemberData(nameof(Providers))]
    public async Task With_the_tokens_at_hand_and_in_the_next_ones(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider);
        using var browser = new Browser(nodes.First);
        var (here, there) = (new RelyingParty(nodes.First, "trusted"), new RelyingParty(nodes.Second, "trusted"));
        var tokens = await here.TokensAsync(browser, "openid roles offline_access notes:read");
        var token = tokens["access_token"]!;
        Assert.Equal("[\"admin\",\"user\"]", (await there.GetAsync("/connect/userinfo", token))["roles"]);

        await TakeAsync(nodes.First, "admin");
        foreach (var node in new[] { here, there })
            Assert.Equal("[\"user\"]", (await node.GetAsync("/connect/userinfo", token))["roles"]);
        var renewed = await there.RefreshAsync(tokens["refresh_token"]!);
        Assert.Equal("[\"user\"]", RelyingParty.Claims(renewed["id_token"]!).GetProperty("roles").ToString());
        Assert.Equal("[\"user\"]", RelyingParty.Claims(renewed["access_token"]!).GetProperty("roles").ToString());

        await GiveAsync(nodes.Second, "ada", "admin");
        foreach (var node in new[] { here, there })
            Assert.Equal("[\"admin\",\"user\"]", (await node.GetAsync("/connect/userinfo", token))["roles"]);
    }
}
