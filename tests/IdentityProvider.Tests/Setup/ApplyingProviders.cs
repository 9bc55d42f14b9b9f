using IdentityProvider.Federation;
using IdentityProvider.Roles;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Setup;

public sealed class ApplyingProviders : IAsyncDisposable
{
    private readonly SetupBench bench = new();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Twice_is_no_change_and_the_secret_is_not_in_the_database()
    {
        Assert.Contains("providers: 1 created, 0 updated, 0 unchanged", await bench.ApplyAsync(Document("the-secret-of-corp")));
        var first = await bench.DumpAsync();
        Assert.Contains("providers: 0 created, 0 updated, 1 unchanged", await bench.ApplyAsync(Document("the-secret-of-corp")));
        Assert.Equal(first, await bench.DumpAsync());
        Assert.Contains("https://id.example", first, StringComparison.Ordinal);
        Assert.DoesNotContain("the-secret-of-corp", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_secret_and_switching_off_are_changes_that_nodes_see()
    {
        await bench.ApplyAsync(Document("one"));
        var before = await ProviderAsync();
        Assert.Contains("providers: 0 created, 1 updated, 0 unchanged", await bench.ApplyAsync(Document("two")));
        var changed = await ProviderAsync();
        Assert.NotEqual((before.Version, before.ProtectedClientSecret), (changed.Version, changed.ProtectedClientSecret));
        Assert.Contains("providers: 0 created, 1 updated, 0 unchanged", await bench.ApplyAsync(Document("two", enabled: false)));
        Assert.Equal(bench.Clock.GetUtcNow(), (await ProviderAsync()).DisabledAt);
    }

    [Fact]
    public async Task One_that_a_document_removes_is_gone_with_what_people_connected_and_one_it_leaves_out_stays()
    {
        await bench.ApplyAsync(Document("one"));
        await bench.ApplyAsync("""{ "users": [{ "username": "ada", "roles": ["user"] }] }""");
        await bench.ReadAsync(async db =>
        {
            var (user, provider) = (await db.Set<User>().SingleAsync(), await db.Set<UpstreamProvider>().SingleAsync());
            db.Add(new ExternalLogin { UserId = user.Id, ProviderId = provider.Id, Issuer = provider.Issuer, Subject = "ada", CreatedAt = bench.Clock.GetUtcNow() });
            db.Add(new UserRole { UserId = user.Id, RoleId = await db.Set<Role>().Where(r => r.Name == "moderator").Select(r => r.Id).SingleAsync(), ProviderId = provider.Id });
            return await db.SaveChangesAsync();
        });
        await bench.ApplyAsync("{}");
        Assert.NotNull(await ProviderAsync());
        await bench.ApplyAsync("""{ "removed_providers": ["corp", "nobody"] }""");
        Assert.Equal((0, 0), await bench.ReadAsync(async db => (await db.Set<UpstreamProvider>().CountAsync(), await db.Set<ExternalLogin>().CountAsync())));
        Assert.Equal("user", await bench.ReadAsync(db => db.Set<UserRole>().Join(db.Set<Role>(), h => h.RoleId, r => r.Id, (_, r) => r.Name).SingleAsync()));
    }

    [Fact]
    public async Task A_document_leaves_roles_alone_that_follow_from_a_provider_and_makes_its_own_lasting()
    {
        await bench.ApplyAsync(Document("one"));
        await bench.ApplyAsync("""{ "users": [{ "username": "ada", "roles": ["user"] }] }""");
        await bench.ReadAsync(async db =>
        {
            db.Add(new UserRole { UserId = await db.Set<User>().Select(u => u.Id).SingleAsync(), RoleId = await db.Set<Role>().Where(r => r.Name == "moderator").Select(r => r.Id).SingleAsync(), ProviderId = (await db.Set<UpstreamProvider>().SingleAsync()).Id });
            return await db.SaveChangesAsync();
        });
        await bench.ApplyAsync("""{ "users": [{ "username": "ada", "roles": ["user"] }] }""");
        Assert.Equal((2, 1), await bench.ReadAsync(async db => (await db.Set<UserRole>().CountAsync(), await db.Set<UserRole>().CountAsync(r => r.ProviderId != null))));
        await bench.ApplyAsync("""{ "users": [{ "username": "ada", "roles": ["user", "moderator"] }] }""");
        Assert.Equal((2, 0), await bench.ReadAsync(async db => (await db.Set<UserRole>().CountAsync(), await db.Set<UserRole>().CountAsync(r => r.ProviderId != null))));
    }

    private Task<UpstreamProvider> ProviderAsync() => bench.ReadAsync(db => db.Set<UpstreamProvider>().SingleAsync());

    private static string Document(string secret, bool enabled = true) =>
        $$"""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example", "client_id": "us", "client_secret": "{{secret}}", "enabled": {{(enabled ? "true" : "false")}} }] }""";
}
