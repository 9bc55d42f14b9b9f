using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Platform.Limits;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static IdentityProvider.Tests.Platform.Limits.NodeExtensions;

namespace IdentityProvider.Tests.Users;

[Collection(SharedDatabasesCollection.Name)]
public sealed class FindingUsers(SharedDatabases databases)
{
    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task By_name_or_address_however_it_is_spelt(DatabaseProvider provider)
    {
        using var node = databases.Node(provider);
        var user = await node.NewUserAsync();
        foreach (var spelling in new[] { user.UserName!, user.Email!, user.UserName!.ToUpperInvariant(), $" {user.Email!.ToLowerInvariant()}\u00a0", user.UserName!.Replace('U', '\uff35') })
            Assert.Equal(user.Id, (await FindAsync(node, spelling))?.Id);
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task Nobody_is_found_by_what_cannot_be_a_name(DatabaseProvider provider)
    {
        using var node = databases.Node(provider);
        foreach (var name in new[] { "", "nobody", "zero\0byte", "\ud800", "\ufffe", new string('x', 10_000) })
            Assert.Null(await FindAsync(node, name));
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task The_owner_of_an_address_comes_before_somebody_who_took_it_for_a_name(DatabaseProvider provider)
    {
        using var node = databases.Node(provider);
        var owner = await node.NewUserAsync();
        await node.InStoreAsync(async db =>
        {
            db.Add(new User { UserName = owner.Email, NormalizedUserName = owner.NormalizedEmail });
            return await db.SaveChangesAsync();
        });
        Assert.Equal(owner.Id, (await FindAsync(node, owner.Email!))?.Id);
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task A_better_hash_is_saved_only_over_the_one_it_replaces(DatabaseProvider provider)
    {
        using var node = databases.Node(provider);
        var user = await node.NewUserAsync();
        Assert.True(await SaveAsync(null, "first"));
        Assert.True(await SaveAsync("first", "second"));
        Assert.False(await SaveAsync("first", "third"));
        Assert.Equal("second", await node.InStoreAsync(db => db.Set<User>().Where(u => u.Id == user.Id).Select(u => u.PasswordHash).SingleAsync()));

        Task<bool> SaveAsync(string? oldHash, string newHash) =>
            node.InStoreAsync(db => new StoredPasswords(db, TimeProvider.System).SavePasswordAsync(user.Id, oldHash, newHash, default));
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task A_user_holds_roles_by_name(DatabaseProvider provider)
    {
        using var node = databases.Node(provider);
        var (user, other, prefix) = (await node.NewUserAsync(), await node.NewUserAsync(), NewKey());
        await node.InStoreAsync(async db =>
        {
            foreach (var name in new[] { "b", "a", "c" })
            {
                var role = new Role { Name = $"{prefix}-{name}" };
                db.Add(role);
                if (name is not "c")
                    db.Add(new UserRole { UserId = user.Id, RoleId = role.Id });
            }
            return await db.SaveChangesAsync();
        });

        Assert.Equal([$"{prefix}-a", $"{prefix}-b"], await node.InStoreAsync(db => new UserRoles(db).OfAsync(user.Id, default)));
        Assert.Empty(await node.InStoreAsync(db => new UserRoles(db).OfAsync(other.Id, default)));
    }

    private static Task<User?> FindAsync(ServiceProvider node, string name) =>
        node.InStoreAsync(db => new UserLookup(db).FindAsync(name, default));
}
