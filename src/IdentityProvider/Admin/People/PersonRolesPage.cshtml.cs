using IdentityProvider.Admin.Rights;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.People;

/// <summary>/admin/users/{sub}/roles: the roles somebody holds by themselves; also of an account of programs.</summary>
[SignedInPage, Permission(Permission.ManageRoles)]
internal sealed class PersonRolesPage(ConsoleUsers console, UserRoleChanges changes, Store db) : PageModel
{
    public static readonly string[] Fields = ["roles", Choices.OthersName("roles")];

    [BindProperty(Name = "roles")]
    public List<string> Roles { get; set; } = [];

    [BindProperty(Name = "more-roles")]
    public string? More { get; set; }

    /// <summary>The state that the form was made from.</summary>
    [BindProperty(Name = "version")]
    public string? Version { get; set; }

    public User Person { get; private set; } = null!;
    public Choices Choices { get; private set; } = null!;
    public Unsaved? Unsaved { get; private set; }

    public Task<IActionResult> OnGetAsync(Guid sub, CancellationToken ct) => ShowAsync(sub, keep: false, ct);

    public async Task<IActionResult> OnPostAsync(Guid sub, CancellationToken ct)
    {
        var input = new UserRolesInput { Roles = [.. Roles.Select(RefusedForm.Clean).Concat(RefusedForm.Words(More))] };
        var refused = JsonBody.Check(input, input.Roles.Count == 0 ? [] : RightsInput.Unknown("roles", input.Roles, await NamesAsync(ct), "role"))
            ?? await changes.ChangeAsync((await console.OfAsync(HttpContext, ct)).Id, sub, input, EntityTag.SeenBy(Version), ct);
        if (refused is null)
            return new SeeOtherPage(PathOf(await db.Set<User>().AsNoTracking().FirstAsync(user => user.Id == sub, ct)) + "?done=roles");
        ModelState.Tell(refused, "roles", ("roles", string.IsNullOrWhiteSpace(More) ? "roles" : "more-roles", "The list"));
        if (refused.IsStale())
            Unsaved = Unsaved.Of(input.Roles, await UserRoleChanges.OwnAsync(db, sub, ct));
        return await ShowAsync(sub, keep: !refused.IsStale(), ct);
    }

    /// <summary>The page of whoever it is about.</summary>
    public static string PathOf(User user) => user.ServiceSince is null ? PersonPage.PathOf(user.Id) : $"/admin/service-accounts/{user.Id}";

    private async Task<List<string>> NamesAsync(CancellationToken ct) => await db.Set<Role>().Select(role => role.Name).OrderBy(name => name).ToListAsync(ct);

    private async Task<IActionResult> ShowAsync(Guid sub, bool keep, CancellationToken ct)
    {
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == sub, ct) is not { } person)
            return NotFound();
        Person = person;
        if (!keep)
        {
            var own = await UserRoleChanges.OwnAsync(db, sub, ct);
            (Roles, Version, More) = ([.. own], UserRoleChanges.TagOf(own), null);
        }

        Choices = Choices.Of("roles", "Roles held directly", [.. (await NamesAsync(ct)).Select(name => new Choice(name))], Roles, "Other roles (optional)", More) with { Hint = "You can give what you hold yourself. Roles that come through groups are not among these." };
        return Page();
    }
}
