using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.People;

/// <summary>/admin/users: people by the beginning of a name, an address or a subject, by state and role, page by page.</summary>
[SignedInPage, Permission(Permission.ReadUsers)]
internal sealed class UsersPage(ConsoleUsers console, UserSearch search, Lockout lockout, IEnumerable<Leaving> leaving, Store db) : PageModel
{
    /// <summary>The page that adds one.</summary>
    public const string New = "/admin/users/new";

    private const int Rows = 50;
    public static readonly (string? State, string Words)[] States = [(null, "All"), (UserFilter.Active, "Active"), (UserFilter.Disabled, "Closed"), (UserFilter.Closing, "Leaving")];

    [BindProperty(SupportsGet = true, Name = "search")]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true, Name = "state")]
    public string? State { get; set; }

    [BindProperty(SupportsGet = true, Name = "role")]
    public string? Role { get; set; }

    public IReadOnlyList<User> Users { get; private set; } = [];
    public IReadOnlySet<Guid> Leaving { get; private set; } = new HashSet<Guid>();
    public IReadOnlySet<Guid> Locked { get; private set; } = new HashSet<Guid>();
    public string? Next { get; private set; }
    public bool MayManage { get; private set; }

    public bool IsFiltered => (Search ?? State ?? Role) is not null;

    public async Task OnGetAsync(string? after, CancellationToken ct)
    {
        (Search, Role) = (Bounded(Search, 254), Bounded(Role, 100));
        State = State is UserFilter.Active or UserFilter.Disabled or UserFilter.Closing ? State : null;
        MayManage = (await console.OfAsync(HttpContext, ct)).May(Permission.ManageUsers);
        var filter = new UserFilter { Search = Search, State = State, Role = Role, Limit = Rows, After = after };

        // What is no place in this list begins it.
        (Users, Next) = await search.FindAsync(filter, ct) ?? await search.FindAsync(filter with { After = null }, ct) ?? ([], null);
        var ids = Users.Select(user => user.Id).ToList();
        var gone = new HashSet<Guid>();
        foreach (var room in leaving)
            gone.UnionWith(await room.Users(db).Where(id => ids.Contains(id)).ToListAsync(ct));
        (Leaving, Locked) = (gone, await lockout.LockedAsync(ids, ct));
    }

    /// <summary>This list with one part of the question changed.</summary>
    public string Here(string? state, string? after = null)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in new[] { ("search", Search), ("state", state), ("role", Role), ("after", after) })
            if (!string.IsNullOrEmpty(value))
                query.Add(name, value);
        return "/admin/users" + query;
    }

    private static string? Bounded(string? text, int length) => RefusedForm.Clean(text) is { Length: > 0 } clean ? clean[..Math.Min(clean.Length, length)] : null;
}
