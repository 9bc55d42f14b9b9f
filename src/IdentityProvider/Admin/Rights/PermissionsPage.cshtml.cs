using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>/admin/roles/~permissions: each permission with the roles that hold it, the one that implies it among them.</summary>
[SignedInPage, Permission(Permission.ReadRoles)]
internal sealed class PermissionsPage(Store db) : PageModel
{
    /// <summary>By resource.</summary>
    public IReadOnlyList<IGrouping<string, Row>> Resources { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var roles = await db.Set<Role>().AsNoTracking().OrderBy(role => role.Name).ToListAsync(ct);
        Resources = [.. (await RolesApi.KnownAsync(db, ct)).Select(permission => new Row(permission, [.. roles.Where(role => role.Permissions.Exists(held => Permission.Implies(held, permission)))])).GroupBy(row => row.Permission.Split(':')[0])];
    }

    internal sealed record Row(string Permission, IReadOnlyList<Role> Roles);
}
