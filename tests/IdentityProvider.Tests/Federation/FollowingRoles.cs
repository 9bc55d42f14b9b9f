using IdentityProvider.Federation;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Federation;

public sealed class FollowingRoles(PeerBench bench) : IClassFixture<PeerBench>
{
    [Fact]
    public async Task A_role_comes_with_the_claim_and_goes_with_it()
    {
        Assert.Empty(await SignInAsync("comes and goes", []));
        Assert.Equal(["moderator"], await SignInAsync("comes and goes", new() { ["groups"] = new[] { "other", "staff" } }));
        Assert.Equal(["moderator", "user"], await SignInAsync("comes and goes", new() { ["groups"] = "staff", ["realm"] = new Dictionary<string, object> { ["roles"] = new[] { "reader" } } }));
        Assert.Equal(["user"], await SignInAsync("comes and goes", new() { ["groups"] = new[] { "Staff" }, ["realm"] = new Dictionary<string, object> { ["roles"] = new[] { "reader" } } }));
        Assert.Empty(await SignInAsync("comes and goes", []));
    }

    [Fact]
    public async Task A_role_that_was_given_otherwise_stays_when_the_claim_goes()
    {
        await SignInAsync("given", []);
        await bench.Host.InStoreAsync(async db =>
        {
            var user = await db.Set<ExternalLogin>().Where(l => l.Subject == "given").Select(l => l.UserId).SingleAsync();
            db.Add(new UserRole { UserId = user, RoleId = await db.Set<Role>().Where(r => r.Name == "moderator").Select(r => r.Id).SingleAsync() });
            return await db.SaveChangesAsync();
        });
        Assert.Equal(["moderator"], await SignInAsync("given", new() { ["groups"] = new[] { "staff" } }));
        Assert.Equal(["moderator"], await SignInAsync("given", []));
    }

    [Fact]
    public async Task Nothing_follows_from_the_word_of_a_provider_without_rules_nor_from_a_role_it_names()
    {
        Assert.Empty(await SignInAsync("no rules", new() { ["groups"] = new[] { "staff", "admin" }, ["roles"] = new[] { "admin" } }, "peer"));
        Assert.Empty(await SignInAsync("its own names", new() { ["groups"] = new[] { "admin", "moderator" }, ["roles"] = new[] { "admin" } }));
    }

    private async Task<IReadOnlyList<string>> SignInAsync(string subject, Dictionary<string, object> says, string provider = "ruled")
    {
        bench.Peer.Token = null;
        bench.Peer.Person = new(says) { ["sub"] = subject };
        using var browser = new Browser(bench.Host);
        Assert.NotEmpty((await bench.SignInAsync(browser, provider)).Query("code"));
        return await bench.Host.InStoreAsync(db => db.Set<ExternalLogin>().Where(l => l.Subject == subject).Join(db.Set<UserRole>(), l => l.UserId, h => h.UserId, (_, h) => h.RoleId)
            .Join(db.Set<Role>(), id => id, r => r.Id, (_, r) => r.Name).OrderBy(name => name).ToListAsync());
    }
}
