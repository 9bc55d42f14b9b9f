using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Admin.Rights;

/// <summary>/admin/groups/~new: a name, the roles it carries and the groups in it.</summary>
[SignedInPage, Permission(Permission.ManageRoles)]
internal sealed class NewGroupPage(ConsoleUsers console, GroupChanges changes, Store db) : PageModel
{
    public static readonly string[] Fields = ["name", .. GroupForm.Fields];

    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    [BindProperty]
    public GroupForm Form { get; set; } = new();

    public Choices Roles { get; private set; } = null!;
    public Choices Groups { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct) => (Roles, Groups) = await Form.ChoicesAsync(db, null, ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var input = Form.Read(RefusedForm.Clean(Name));
        var refused = JsonBody.Check(input, RightsInput.NameProblems(input.Name)) ?? (await changes.AddAsync((await console.OfAsync(HttpContext, ct)).Id, input, ct)).Refused;
        if (refused is null)
            return new SeeOtherPage(GroupsPage.PathOf(input.Name) + "?done=added");
        ModelState.Tell(refused, refused is ErrorResult { Error.Status: 409 } ? "name" : "roles", GroupForm.Labels);
        (Roles, Groups) = await Form.ChoicesAsync(db, null, ct);
        return Page();
    }
}
