using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.People;

/// <summary>/admin/users/{sub}/edit: what is known of somebody, and whether they sign in at all.</summary>
[SignedInPage, Permission(Permission.ManageUsers)]
internal sealed class EditPersonPage(ConsoleUsers console, UserChanges changes, Store db) : PageModel
{
    [BindProperty]
    public UserForm Form { get; set; } = new();

    /// <summary>The state that the form was made from.</summary>
    [BindProperty(Name = "version")]
    public string? Version { get; set; }

    public User Person { get; private set; } = null!;

    /// <summary>What was typed while somebody else saved.</summary>
    public IReadOnlyList<string> Unsaved { get; private set; } = [];

    public Task<IActionResult> OnGetAsync(Guid sub, CancellationToken ct) => ShowAsync(sub, keep: false, ct);

    public async Task<IActionResult> OnPostAsync(Guid sub, CancellationToken ct)
    {
        var input = Form.Read();
        var refused = JsonBody.Check(input, input.Problems(changes.Today)) ?? (await changes.ChangeAsync((await console.OfAsync(HttpContext, ct)).Id, sub, input, EntityTag.SeenBy(Version), ct)).Refused;
        if (refused is null)
            return new SeeOtherPage(PersonPage.PathOf(sub) + "?done=saved");
        db.ChangeTracker.Clear();

        // Of a name that is taken it is said beside the name; closing the account has refusals of its own.
        UserForm.Tell(ModelState, refused, refused is ErrorResult { Error.Status: StatusCodes.Status409Conflict } && !Form.Disabled ? "preferred_username" : "");
        return await ShowAsync(sub, keep: !refused.IsStale(), ct);
    }

    private async Task<IActionResult> ShowAsync(Guid sub, bool keep, CancellationToken ct)
    {
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == sub && user.ServiceSince == null, ct) is not { } person)
            return NotFound();
        Person = person;
        if (keep)
            return Page();
        if (!ModelState.IsValid)
            Unsaved = [.. Form.Against(person)];
        (Form, Version) = (UserForm.Of(person), UserChanges.TagOf(person));
        return Page();
    }
}
