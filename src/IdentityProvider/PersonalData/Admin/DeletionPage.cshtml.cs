using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.PersonalData.Admin;

/// <summary>/admin/users/{sub}/deletion: the end of an account, and having it back while there is time.</summary>
[SignedInPage, Permission(Permission.ManageUsers)]
internal sealed class DeletionPage(ConsoleUsers console, DeletionAdministration administration, Deletions deletions, IOptions<PersonalDataOptions> options, Store db) : PageModel
{
    public static readonly string[] Fields = ["confirm"];

    [BindProperty(Name = "immediately")]
    public bool Immediately { get; set; }

    public User Person { get; private set; } = null!;

    /// <summary>Under way; null: the person stays.</summary>
    public Deletion? Deletion { get; private set; }

    public string? Notice { get; private set; }
    public TimeSpan Grace => options.Value.DeletionGrace;

    /// <summary>What is typed so that it is not the wrong one.</summary>
    public string TypedName => Person.UserName ?? Person.Email ?? Person.Id.ToString();

    public async Task<IActionResult> OnGetAsync(Guid sub, string? done, CancellationToken ct)
    {
        Notice = done switch { "restored" => "They stay. They can sign in again.", "deleted" => "The account is closed and they are signed out.", _ => null };
        return await LoadAsync(sub, ct) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostDeleteAsync(Guid sub, [FromForm(Name = "confirm")] string? confirm, CancellationToken ct)
    {
        if (!await LoadAsync(sub, ct))
            return NotFound();
        if (!string.Equals(confirm?.Trim(), TypedName, StringComparison.Ordinal))
            ModelState.AddModelError("confirm", $"Enter it as it is: {TypedName}");
        else if ((await administration.DeleteAsync((await console.OfAsync(HttpContext, ct)).Id, sub, Immediately, ct)).Refused is { } refused)
            ModelState.Tell(refused, "confirm");
        else
            return new SeeOtherPage($"/admin/users/{sub}/deletion?done=deleted");
        return Page();
    }

    public async Task<IActionResult> OnPostRestoreAsync(Guid sub, CancellationToken ct)
    {
        var refused = await administration.RestoreAsync((await console.OfAsync(HttpContext, ct)).Id, sub, ct);
        if (refused is null)
            return new SeeOtherPage($"/admin/users/{sub}/deletion?done=restored");
        if (refused.IsMissing())
            ModelState.AddModelError("", "There is nothing to undo, or it is too late");
        else
            ModelState.Tell(refused);
        return await LoadAsync(sub, ct) ? Page() : NotFound();
    }

    private async Task<bool> LoadAsync(Guid sub, CancellationToken ct)
    {
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == sub && user.ServiceSince == null, ct) is not { } person)
            return false;
        (Person, Deletion) = (person, await deletions.FindAsync(sub, ct));
        return true;
    }
}
