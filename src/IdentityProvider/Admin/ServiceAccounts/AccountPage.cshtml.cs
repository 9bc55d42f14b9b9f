using IdentityProvider.Admin.People;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.ServiceAccounts;

/// <summary>/admin/service-accounts/{sub}: what it is, holds and is used by, and its end.</summary>
[SignedInPage, Permission(Permission.ReadServiceAccounts)]
internal sealed class AccountPage(ConsoleUsers console, ServiceAccountChanges changes, PersonRights rights, IEnumerable<PersonAction> actions, Store db) : PageModel
{
    public static readonly string[] Fields = ["description", "confirm"];

    [BindProperty(Name = "description")]
    public string? Description { get; set; }

    [BindProperty(Name = "disabled")]
    public bool Disabled { get; set; }

    /// <summary>The state that the form was made from.</summary>
    [BindProperty(Name = "version")]
    public string? Version { get; set; }

    public User Account { get; private set; } = null!;
    public ConsoleUser Me { get; private set; } = null!;
    public HeldByPerson? Rights { get; private set; }
    public IReadOnlyList<string> Clients { get; private set; } = [];
    public IReadOnlyList<PersonAction> Actions { get; private set; } = [];
    public string? Notice { get; private set; }

    /// <summary>What was typed while somebody else saved.</summary>
    public string? Unsaved { get; private set; }

    public bool MayManage => Me.May(Permission.ManageServiceAccounts);

    public async Task<IActionResult> OnGetAsync(Guid sub, string? done, CancellationToken ct)
    {
        Notice = done switch { "added" => "The account is there. Give it roles, then a key.", "saved" => "Saved.", "roles" => "Saved. It counts at its next request.", _ => null };
        return await ShowAsync(sub, keep: false, ct);
    }

    [Permission(Permission.ManageServiceAccounts)]
    public async Task<IActionResult> OnPostChangeAsync(Guid sub, CancellationToken ct)
    {
        if (await ServiceAccountsApi.RowAsync(db.Set<User>().AsNoTracking(), sub, ct) is not { } known)
            return NotFound();
        var input = new ServiceAccountInput { Name = known.UserName!, Description = RefusedForm.Clean(Description) is { Length: > 0 } text ? text : null, Disabled = Disabled };
        var refused = JsonBody.Check(input, []) ?? (await changes.ChangeAsync((await console.OfAsync(HttpContext, ct)).Id, sub, input, EntityTag.SeenBy(Version), ct)).Refused;
        if (refused is null)
            return new SeeOtherPage(AccountsPage.PathOf(sub) + "?done=saved");
        if (refused.IsStale())
            Unsaved = $"{input.Description ?? "No description"}{(input.Disabled ? ", disabled" : "")}";
        return await RefuseAsync(sub, refused, "description", !refused.IsStale(), ct);
    }

    /// <summary>The name is typed, so that it is not the wrong one.</summary>
    [Permission(Permission.ManageServiceAccounts)]
    public async Task<IActionResult> OnPostRemoveAsync(Guid sub, [FromForm(Name = "confirm")] string? confirm, CancellationToken ct)
    {
        if (await ServiceAccountsApi.RowAsync(db.Set<User>().AsNoTracking(), sub, ct) is not { } known)
            return NotFound();
        if (confirm?.Trim() == known.UserName)
            return await changes.RemoveAsync((await console.OfAsync(HttpContext, ct)).Id, sub, EntityTag.SeenBy(Version), ct) is { } refused
                ? await RefuseAsync(sub, refused, "confirm", keep: false, ct)
                : new SeeOtherPage("/admin/service-accounts?done=removed");
        ModelState.AddModelError("confirm", $"Enter the name as it is: {known.UserName}");
        return await ShowAsync(sub, keep: false, ct);
    }

    private Task<IActionResult> RefuseAsync(Guid sub, IResult refused, string field, bool keep, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        ModelState.Tell(refused, field, NewAccountPage.Labels);
        return ShowAsync(sub, keep, ct);
    }

    private async Task<IActionResult> ShowAsync(Guid sub, bool keep, CancellationToken ct)
    {
        if (await ServiceAccountsApi.RowAsync(db.Set<User>().AsNoTracking(), sub, ct) is not { } account)
            return NotFound();
        (Account, Me) = (account, await console.OfAsync(HttpContext, ct));
        if (!keep)
            (Description, Disabled, Version) = (account.Name, account.DisabledAt is not null, ServiceAccountChanges.TagOf(account));
        Rights = await rights.OfAsync(sub, ct);
        Clients = await ServiceAccountsApi.ClientsAsync(db, account, ct);
        var state = new PersonState(account, IsLeaving: false);
        Actions = [.. actions.Where(action => action.IsOfPrograms && !action.IsOff && Me.May(action.Permission) && action.Suits(state)).OrderBy(action => action.Order)];
        return Page();
    }
}
