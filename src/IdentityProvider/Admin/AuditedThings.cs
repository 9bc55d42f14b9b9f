using IdentityProvider.Admin.Clients;
using IdentityProvider.Admin.People;
using IdentityProvider.Admin.Rights;
using IdentityProvider.Admin.ServiceAccounts;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin;

/// <summary>What the pages of this room are about, for the audit to name and to lead to.</summary>
internal static class AuditedThings
{
    public static readonly AuditedKind People = new(Caller.User, Permission.ReadUsers, async (db, ids, ct) =>
    {
        var subs = AuditedKind.Guids(ids);
        return await db.Set<User>().AsNoTracking().Where(user => subs.Contains(user.Id) && user.ServiceSince == null)
            .ToDictionaryAsync(user => user.Id.ToString(), user => new AuditedThing(user.DisplayName, PersonPage.PathOf(user.Id)), ct);
    });

    public static readonly AuditedKind ServiceAccounts = new(Caller.User, Permission.ReadServiceAccounts, async (db, ids, ct) =>
    {
        var subs = AuditedKind.Guids(ids);
        return await db.Set<User>().AsNoTracking().Where(user => subs.Contains(user.Id) && user.ServiceSince != null)
            .ToDictionaryAsync(user => user.Id.ToString(), user => new AuditedThing(user.DisplayName, AccountsPage.PathOf(user.Id)), ct);
    });

    public static readonly AuditedKind Roles = new("role", Permission.ReadRoles, async (db, ids, ct) =>
        await db.Set<Role>().Where(role => ids.Contains(role.Name)).Select(role => role.Name).ToDictionaryAsync(name => name, name => new AuditedThing(name, RolesPage.PathOf(name)), ct));

    public static readonly AuditedKind Groups = new("group", Permission.ReadRoles, async (db, ids, ct) =>
        await db.Set<Group>().Where(group => ids.Contains(group.Name)).Select(group => group.Name).ToDictionaryAsync(name => name, name => new AuditedThing(name, GroupsPage.PathOf(name)), ct));

    public static readonly AuditedKind Clients = new(Caller.Client, Permission.ReadClients, async (db, ids, ct) =>
        await db.Set<Client>().AsNoTracking().Where(client => ids.Contains(client.ClientId!)).ToDictionaryAsync(client => client.ClientId!, client => new AuditedThing(client.DisplayName ?? client.ClientId!, ClientsPage.PathOf(client.ClientId!)), ct));
}
