using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>/admin/roles/{name}: what it permits, who holds it, and its end.</summary>
[SignedInPage, Permission(Permission.ReadRoles)]
internal sealed class RolePage(ConsoleUsers console, RoleChanges changes, Store db) : PageModel
{
    public static readonly string[] Fields = [.. RoleForm.Fields, "confirm"];

    [BindProperty]
    public RoleForm Form { get; set; } = new();

    /// <summary>The state that the form was made from.</summary>
    [BindProperty(Name = "version")]
    public string? Version { get; set; }

    public Role Role { get; private set; } = null!;
    public ConsoleUser Me { get; private set; } = null!;
    public Choices Choices { get; private set; } = null!;
    public int Holders { get; private set; }
    public IReadOnlyList<string> Groups { get; private set; } = [];
    public string? Notice { get; private set; }
    public Unsaved? Unsaved { get; private set; }

    public bool IsSeeded => SeededRoles.Permissions.ContainsKey(Role.Name);
    public bool MayManage => Me.May(Permission.ManageRoles);

    public async Task<IActionResult> OnGetAsync(string name, string? done, CancellationToken ct)
    {
        Notice = done switch { "added" => "The role is there. Nobody holds it yet.", "saved" => "Saved. It counts at the next request of whoever holds the role.", _ => null };
        return await ShowAsync(name, keep: false, ct);
    }

    [Permission(Permission.ManageRoles)]
    public async Task<IActionResult> OnPostChangeAsync(string name, CancellationToken ct)
    {
        name = Segment.Decoded(name);
        var input = new RoleInput { Name = name, Permissions = Form.Wanted() };
        var refused = JsonBody.Check(input, PermissionRules.Held(input.Permissions)) ?? (await changes.ChangeAsync((await console.OfAsync(HttpContext, ct)).Id, name, input, EntityTag.SeenBy(Version), ct)).Refused;
        return refused is null ? new SeeOtherPage(RolesPage.PathOf(name) + "?done=saved") : await RefuseAsync(name, refused, "permissions", ct);
    }

    /// <summary>The name is typed, so that it is not the wrong one.</summary>
    [Permission(Permission.ManageRoles)]
    public async Task<IActionResult> OnPostRemoveAsync(string name, [FromForm(Name = "confirm")] string? confirm, CancellationToken ct)
    {
        name = Segment.Decoded(name);
        if (confirm?.Trim() == name)
            return await changes.RemoveAsync((await console.OfAsync(HttpContext, ct)).Id, name, EntityTag.SeenBy(Version), ct) is { } refused
                ? await RefuseAsync(name, refused, "confirm", ct)
                : new SeeOtherPage("/admin/roles?done=removed");
        ModelState.AddModelError("confirm", $"Enter the name as it is: {name}");
        return await ShowAsync(name, keep: false, ct);
    }

    private async Task<IActionResult> RefuseAsync(string name, IResult refused, string field, CancellationToken ct)
    {
        RoleForm.Tell(ModelState, refused, Form, field);
        return await ShowAsync(name, keep: field != "confirm" && !refused.IsStale(), ct, typed: refused.IsStale() && field != "confirm");
    }

    /// <param name="name">Which role.</param>
    /// <param name="keep">The form shows what was typed, and not how it is.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="typed">What was typed is told beside how it is by now.</param>
    private async Task<IActionResult> ShowAsync(string name, bool keep, CancellationToken ct, bool typed = false)
    {
        if (await RolesApi.RoleAsync(db.Set<Role>().AsNoTracking(), Segment.Decoded(name), ct) is not { } role)
            return NotFound();
        (Role, Me) = (role, await console.OfAsync(HttpContext, ct));
        if (typed)
            Unsaved = Unsaved.Of(Form.Wanted(), role.Permissions);
        if (!keep)
            (Form, Version) = (new RoleForm { Permissions = [.. role.Permissions] }, RoleChanges.TagOf(role));
        Choices = Form.Choices(await RolesApi.KnownAsync(db, ct), permission => Me.May(permission) || role.Permissions.Contains(permission));
        Holders = await RoleUse.HoldersAsync(db, role, ct);
        Groups = await db.Set<GroupRole>().Where(carried => carried.RoleId == role.Id).Join(db.Set<Group>(), carried => carried.GroupId, group => group.Id, (_, group) => group.Name).OrderBy(group => group).Take(200).ToListAsync(ct);
        return Page();
    }
}
