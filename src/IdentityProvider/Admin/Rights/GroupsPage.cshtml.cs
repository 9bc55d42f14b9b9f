using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>/admin/groups: all of them by name.</summary>
[SignedInPage, Permission(Permission.ReadRoles)]
internal sealed class GroupsPage(ConsoleUsers console, Store db) : PageModel
{
    /// <summary>The page that adds one. No name begins so.</summary>
    public const string New = "/admin/groups/~new";

    private const int Rows = 50;

    public IReadOnlyList<GroupState> Groups { get; private set; } = [];
    public IReadOnlyDictionary<string, int> Members { get; private set; } = new Dictionary<string, int>();
    public string? Next { get; private set; }
    public bool MayManage { get; private set; }
    public bool IsRemoved { get; private set; }

    public static string PathOf(string group) => $"/admin/groups/{Uri.EscapeDataString(group)}";

    public async Task OnGetAsync(string? after, string? done, CancellationToken ct)
    {
        MayManage = (await console.OfAsync(HttpContext, ct)).May(Permission.ManageRoles);
        IsRemoved = done is "removed";
        var last = RefusedForm.Clean(after) is { Length: > 0 and <= 100 } name ? name : null;
        var rows = await db.Set<Group>().AsNoTracking().Where(group => last == null || group.Name.CompareTo(last) > 0).OrderBy(group => group.Name).Take(Rows + 1).ToListAsync(ct);
        Next = rows.Count > Rows ? rows[Rows - 1].Name : null;
        Groups = await GroupState.OfAsync(db, [.. rows.Take(Rows)], ct);
        Members = await GroupMembers.CountAsync(db, [.. rows.Take(Rows).Select(row => row.Id)], ct);
    }
}
