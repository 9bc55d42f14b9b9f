using System.Globalization;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>By how many a role is held. Counted to <see cref="Most"/> and no further: of a million more nobody waits for the number.</summary>
/// <param name="Direct">Those who hold it by themselves.</param>
/// <param name="Groups">Groups that carry it.</param>
internal sealed record RoleUse(int Direct, int Groups)
{
    public const int Most = 1000;

    /// <summary>Of several roles, in one query.</summary>
    public static async Task<IReadOnlyDictionary<Guid, RoleUse>> OfAsync(Store db, IReadOnlyCollection<Guid> roles, CancellationToken ct) =>
        await db.Set<Role>().Where(role => roles.Contains(role.Id)).Select(role => new
        {
            role.Id,
            Direct = db.Set<UserRole>().Where(held => held.RoleId == role.Id).Take(Most + 1).Count(),
            Groups = db.Set<GroupRole>().Count(carried => carried.RoleId == role.Id),
        }).ToDictionaryAsync(row => row.Id, row => new RoleUse(row.Direct, row.Groups), ct);

    /// <summary>Everybody who holds it, also through groups; one above <see cref="Most"/> stands for more.</summary>
    public static async Task<int> HoldersAsync(Store db, Role role, CancellationToken ct)
    {
        var direct = await db.Set<UserRole>().Where(held => held.RoleId == role.Id).Take(Most + 1).CountAsync(ct);
        return direct > Most ? direct : await UserRoles.Holders(db, role.Name).Take(Most + 1).CountAsync(ct);
    }

    /// <summary>"12 accounts", "1 group", "more than 1,000 accounts".</summary>
    public static string Counted(int count, string one) => count switch
    {
        1 => $"1 {one}",
        > Most => string.Create(CultureInfo.InvariantCulture, $"more than {Most:N0} {one}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count} {one}s"),
    };
}
