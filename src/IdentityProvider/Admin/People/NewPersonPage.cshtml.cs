using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Admin.People;

/// <summary>/admin/users/new: an account without a password, which its owner chooses.</summary>
[SignedInPage, Permission(Permission.ManageUsers)]
internal sealed class NewPersonPage(ConsoleUsers console, UserChanges changes) : PageModel
{
    [BindProperty]
    public UserForm Form { get; set; } = new();

    public void OnGet() => Form = new UserForm();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var input = Form.Read();
        input.Disabled = false;
        if (JsonBody.Check(input, input.Problems(changes.Today)) is { } unfit)
        {
            UserForm.Tell(ModelState, unfit, "");
            return Page();
        }

        var (user, refused) = await changes.AddAsync((await console.OfAsync(HttpContext, ct)).Id, input, ct);
        if (refused is null)
            return new SeeOtherPage(PersonPage.PathOf(user!.Id) + "?done=added");
        UserForm.Tell(ModelState, refused, "preferred_username");
        return Page();
    }
}
