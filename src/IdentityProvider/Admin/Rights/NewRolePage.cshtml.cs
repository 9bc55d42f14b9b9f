using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Admin.Rights;

/// <summary>/admin/roles/~new: a name and what it permits.</summary>
[SignedInPage, Permission(Permission.ManageRoles)]
internal sealed class NewRolePage(ConsoleUsers console, RoleChanges changes, Store db) : PageModel
{
    public static readonly string[] Fields = ["name", .. RoleForm.Fields];

    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    [BindProperty]
    public RoleForm Form { get; set; } = new();

    public Choices Choices { get; private set; } = null!;

    public Task OnGetAsync(CancellationToken ct) => LoadAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var input = new RoleInput { Name = RefusedForm.Clean(Name), Permissions = Form.Wanted() };
        var me = await console.OfAsync(HttpContext, ct);
        var refused = JsonBody.Check(input, RoleChanges.Rules(input)) ?? (await changes.AddAsync(me.Id, input, ct)).Refused;
        if (refused is null)
            return new SeeOtherPage(RolesPage.PathOf(input.Name) + "?done=added");
        RoleForm.Tell(ModelState, refused, Form, refused is ErrorResult { Error.Status: 409 } ? "name" : "permissions");
        await LoadAsync(ct);
        return Page();
    }

    private async Task LoadAsync(CancellationToken ct) => Choices = Form.Choices(await RolesApi.KnownAsync(db, ct), (await console.OfAsync(HttpContext, ct)).May);
}
