using IdentityProvider.Admin.Rights;
using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Admin.ServiceAccounts;

/// <summary>/admin/service-accounts/new: a name and what it is for.</summary>
[SignedInPage, Permission(Permission.ManageServiceAccounts)]
internal sealed class NewAccountPage(ConsoleUsers console, ServiceAccountChanges changes) : PageModel
{
    public static readonly string[] Fields = ["name", "description"];
    public static readonly (string Property, string Field, string Words)[] Labels = [("name", "name", "The name"), ("description", "description", "The description")];

    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    [BindProperty(Name = "description")]
    public string? Description { get; set; }

    public void OnGet() => Name = null;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var input = new ServiceAccountInput { Name = RefusedForm.Clean(Name), Description = RefusedForm.Clean(Description) is { Length: > 0 } text ? text : null };
        if (JsonBody.Check(input, RightsInput.NameProblems(input.Name)) is { } unfit)
            return Refuse(unfit);
        var (user, refused) = await changes.AddAsync((await console.OfAsync(HttpContext, ct)).Id, input, ct);
        return refused is null ? new SeeOtherPage(AccountsPage.PathOf(user!.Id) + "?done=added") : Refuse(refused);
    }

    private PageResult Refuse(IResult refused)
    {
        ModelState.Tell(refused, "name", Labels);
        return Page();
    }
}
