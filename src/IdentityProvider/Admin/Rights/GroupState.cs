using System.Text.Json.Serialization;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>A group as it is shown: the roles it carries by itself, and the groups directly in it.</summary>
internal sealed record GroupState(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("description")] string? Description,
    [property: JsonPropertyName("roles")] IReadOnlyList<string> Roles,
    [property: JsonPropertyName("groups")] IReadOnlyList<string> Groups)
{
    [JsonIgnore]
    public string Tag => EntityTag.Of([Name, Description ?? ""], Roles, Groups);

    public static async Task<(Group Group, GroupState State)?> FindAsync(Store db, string name, CancellationToken ct)
    {
        if (name.Any(char.IsControl) || await db.Set<Group>().FirstOrDefaultAsync(group => group.Name == name, ct) is not { } row)
            return null;
        return (row, (await OfAsync(db, [row], ct))[0]);
    }

    public static async Task<IReadOnlyList<GroupState>> OfAsync(Store db, IReadOnlyList<Group> rows, CancellationToken ct)
    {
        var ids = rows.Select(row => row.Id).ToArray();
        var roles = (await db.Set<GroupRole>().Where(carried => ids.Contains(carried.GroupId)).Join(db.Set<Role>(), carried => carried.RoleId, role => role.Id, (carried, role) => new { carried.GroupId, role.Name }).ToListAsync(ct))
            .ToLookup(carried => carried.GroupId, carried => carried.Name);
        var inner = (await db.Set<GroupPath>().Where(path => path.Distance == 1 && ids.Contains(path.OuterId)).Join(db.Set<Group>(), path => path.InnerId, group => group.Id, (path, group) => new { path.OuterId, group.Name }).ToListAsync(ct))
            .ToLookup(path => path.OuterId, path => path.Name);
        return [.. rows.Select(row => new GroupState(row.Name, row.Description, [.. roles[row.Id].Order(StringComparer.Ordinal)], [.. inner[row.Id].Order(StringComparer.Ordinal)]))];
    }
}
