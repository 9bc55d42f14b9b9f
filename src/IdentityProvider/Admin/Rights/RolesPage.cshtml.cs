using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>/admin/roles: all of them by name, what they permit and how many hold them.</summary>
[SignedInPage, Permission(Permission.ReadRoles)]
internal sealed class RolesPage(ConsoleUsers console, Store db) : PageModel
{
    /// <summary>The page that adds one. No name begins so.</summary>
    public const string New = "/admin/roles/~new";

    private const int Rows = 50;

    public IReadOnlyList<Role> Roles { get; private set; } = [];
    public IReadOnlyDictionary<Guid, RoleUse> Uses { get; private set; } = new Dictionary<Guid, RoleUse>();
    public string? Next { get; private set; }
    public bool MayManage { get; private set; }
    public bool IsRemoved { get; private set; }

    public static string PathOf(string role) => $"/admin/roles/{Uri.EscapeDataString(role)}";

    public async Task OnGetAsync(string? after, string? done, CancellationToken ct)
    {
        MayManage = (await console.OfAsync(HttpContext, ct)).May(Permission.ManageRoles);
        IsRemoved = done is "removed";
        var last = RefusedForm.Clean(after) is { Length: > 0 and <= 100 } name ? name : null;
        var rows = await db.Set<Role>().AsNoTracking().Where(role => last == null || role.Name.CompareTo(last) > 0).OrderBy(role => role.Name).Take(Rows + 1).ToListAsync(ct);
        (Roles, Next) = ([.. rows.Take(Rows)], rows.Count > Rows ? rows[Rows - 1].Name : null);
        Uses = await RoleUse.OfAsync(db, [.. Roles.Select(role => role.Id)], ct);
    }
}
