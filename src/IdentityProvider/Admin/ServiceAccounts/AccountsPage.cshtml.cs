using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.ServiceAccounts;

/// <summary>/admin/service-accounts: accounts of programs by name.</summary>
[SignedInPage, Permission(Permission.ReadServiceAccounts)]
internal sealed class AccountsPage(ConsoleUsers console, Store db) : PageModel
{
    private const int Rows = 50;

    public IReadOnlyList<User> Accounts { get; private set; } = [];
    public string? Next { get; private set; }
    public bool MayManage { get; private set; }
    public bool IsRemoved { get; private set; }

    public static string PathOf(Guid sub) => $"/admin/service-accounts/{sub}";

    public async Task OnGetAsync(string? after, string? done, CancellationToken ct)
    {
        MayManage = (await console.OfAsync(HttpContext, ct)).May(Permission.ManageServiceAccounts);
        IsRemoved = done is "removed";
        var last = RefusedForm.Clean(after) is { Length: > 0 and <= 256 } name ? UserNames.Normalize(name) : null;
        var rows = await db.Set<User>().AsNoTracking().Where(user => user.ServiceSince != null && (last == null || user.NormalizedUserName!.CompareTo(last) > 0))
            .OrderBy(user => user.NormalizedUserName).Take(Rows + 1).ToListAsync(ct);
        (Accounts, Next) = ([.. rows.Take(Rows)], rows.Count > Rows ? rows[Rows - 1].UserName : null);
    }
}
