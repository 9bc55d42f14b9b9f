using IdentityProvider.Admin.Rights;
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

/// <summary>/admin/users/{sub}: who it is, how it stands with them, what they hold and by what, and what can be done.</summary>
[SignedInPage, Permission(Permission.ReadUsers)]
internal sealed class PersonPage(
    ConsoleUsers console, UserChanges people, GroupChanges groups, PersonRights rights, Lockout lockout, IEnumerable<PersonAction> actions, IEnumerable<Leaving> leaving, Store db) : PageModel
{
    /// <summary>Which group to put them into.</summary>
    [BindProperty(Name = "group")]
    public string? Group { get; set; }

    public User Person { get; private set; } = null!;
    public ConsoleUser Me { get; private set; } = null!;
    public bool IsLeaving { get; private set; }
    public DateTimeOffset? LockedUntil { get; private set; }

    /// <summary>Null for who may not see roles.</summary>
    public HeldByPerson? Rights { get; private set; }

    public IReadOnlyList<PersonAction> Actions { get; private set; } = [];
    public string? Notice { get; private set; }

    public static string PathOf(Guid sub) => $"/admin/users/{sub}";

    public async Task<IActionResult> OnGetAsync(Guid sub, string? done, CancellationToken ct)
    {
        Notice = done switch
        {
            "added" => "The account is there. Send them the way to choose a password.",
            "saved" => "Saved.",
            "roles" => "Saved. It counts at their next request.",
            "unlocked" => "They can try again.",
            "member" => "They are in the group.",
            "taken-out" => "They are not in the group any longer.",
            _ => null,
        };
        return await ShowAsync(sub, ct);
    }

    [Permission(Permission.ManageUsers)]
    public async Task<IActionResult> OnPostUnlockAsync(Guid sub, CancellationToken ct) =>
        await people.UnlockAsync(await ActorAsync(ct), sub, ct) is { } refused ? await RefuseAsync(sub, refused, "", ct) : After(sub, "unlocked");

    [Permission(Permission.ManageRoles)]
    public async Task<IActionResult> OnPostPutInAsync(Guid sub, CancellationToken ct)
    {
        var name = RefusedForm.Clean(Group);
        if (name.Length > 0 && await groups.AddMemberAsync(await ActorAsync(ct), name, sub, ct) is var refused && !refused.IsMissing())
            return refused is null ? After(sub, "member") : await RefuseAsync(sub, refused, "group", ct);
        ModelState.AddModelError("group", name.Length == 0 ? "Enter the name of a group" : "There is no group of this name");
        return await ShowAsync(sub, ct);
    }

    /// <summary>One they are not in needs no word.</summary>
    [Permission(Permission.ManageRoles)]
    public async Task<IActionResult> OnPostTakeOutAsync(Guid sub, [FromForm(Name = "from")] string? from, CancellationToken ct) =>
        await groups.RemoveMemberAsync(await ActorAsync(ct), from ?? "", sub, ct) is { } refused && !refused.IsMissing() ? await RefuseAsync(sub, refused, "", ct) : After(sub, "taken-out");

    private async Task<Guid> ActorAsync(CancellationToken ct) => (await console.OfAsync(HttpContext, ct)).Id;

    private static SeeOtherPage After(Guid sub, string done) => new($"{PathOf(sub)}?done={done}");

    private Task<IActionResult> RefuseAsync(Guid sub, IResult refused, string field, CancellationToken ct)
    {
        ModelState.Tell(refused, field);
        return ShowAsync(sub, ct);
    }

    private async Task<IActionResult> ShowAsync(Guid sub, CancellationToken ct)
    {
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == sub && user.ServiceSince == null, ct) is not { } person)
            return NotFound();
        (Person, Me) = (person, await console.OfAsync(HttpContext, ct));
        LockedUntil = await lockout.LockedUntilAsync(Lockout.KeyFor(person, ""), ct);
        foreach (var room in leaving)
            IsLeaving |= await room.Users(db).AnyAsync(id => id == sub, ct);
        if (Me.May(Permission.ReadRoles))
            Rights = await rights.OfAsync(sub, ct);
        var state = new PersonState(person, IsLeaving);
        Actions = [.. actions.Where(action => !action.IsOff && !action.IsOfPrograms && Me.May(action.Permission) && action.Suits(state)).OrderBy(action => action.Order)];
        return Page();
    }
}
