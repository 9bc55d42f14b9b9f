using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>Who is in a group by themselves, page by page, in the order of their subjects.</summary>
internal static class GroupMembers
{
    public static async Task<(IReadOnlyList<GroupMemberRow> Members, Guid? Next)> OfAsync(Store db, Guid groupId, int limit, Guid? after, CancellationToken ct)
    {
        var rows = await db.Set<GroupMember>().Where(member => member.GroupId == groupId && (after == null || member.UserId.CompareTo(after.Value) > 0)).OrderBy(member => member.UserId).Take(limit + 1)
            .Join(db.Set<User>(), member => member.UserId, user => user.Id, (_, user) => user).OrderBy(user => user.Id)
            .Select(user => new GroupMemberRow(user.Id, user.UserName, user.Name, user.Email)).ToListAsync(ct);
        return ([.. rows.Take(limit)], rows.Count > limit ? rows[limit - 1].Id : null);
    }

    /// <summary>By the names of the groups; one above <see cref="RoleUse.Most"/> stands for more.</summary>
    public static Task<Dictionary<string, int>> CountAsync(Store db, IReadOnlyCollection<Guid> groups, CancellationToken ct) =>
        db.Set<Group>().Where(group => groups.Contains(group.Id)).Select(group => new { group.Name, Members = db.Set<GroupMember>().Where(member => member.GroupId == group.Id).Take(RoleUse.Most + 1).Count() })
            .ToDictionaryAsync(row => row.Name, row => row.Members, ct);
}

internal sealed record GroupMemberRow(Guid Id, string? UserName, string? Name, string? Email)
{
    public string DisplayName => Name ?? UserName ?? Email ?? Id.ToString();
}
