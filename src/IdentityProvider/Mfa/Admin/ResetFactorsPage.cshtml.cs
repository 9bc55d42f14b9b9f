using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Mfa.Admin;

/// <summary>/admin/users/{sub}/factors: takes away everything that confirms somebody's password, with a reason.</summary>
[SignedInPage, Permission(Permission.ManageUsers)]
internal sealed class ResetFactorsPage(ConsoleUsers console, FactorsResetting resetting, Store db) : PageModel
{
    [BindProperty(Name = "reason")]
    public string? Reason { get; set; }

    public User Person { get; private set; } = null!;
    public bool IsDone { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid sub, string? done, CancellationToken ct)
    {
        IsDone = done is "reset";
        return await ShowAsync(sub, ct);
    }

    public async Task<IActionResult> OnPostAsync(Guid sub, CancellationToken ct)
    {
        var input = new FactorsResetInput { Reason = RefusedForm.Clean(Reason) };
        var refused = JsonBody.Check(input, input.Problems()) ?? await resetting.ResetAsync((await console.OfAsync(HttpContext, ct)).Id, sub, input, ct);
        if (refused is null)
            return new SeeOtherPage($"/admin/users/{sub}/factors?done=reset");
        ModelState.Tell(refused, "reason", ("reason", "reason", "The reason"));
        return await ShowAsync(sub, ct);
    }

    private async Task<IActionResult> ShowAsync(Guid sub, CancellationToken ct)
    {
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == sub && user.ServiceSince == null, ct) is not { } person)
            return NotFound();
        Person = person;
        return Page();
    }
}
