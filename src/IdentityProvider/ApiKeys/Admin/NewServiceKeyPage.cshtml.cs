using System.Globalization;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys.Admin;

/// <summary>/admin/service-accounts/{sub}/keys/new: the form, and the one answer that shows the secret.</summary>
[SignedInPage, FreshSignIn, Permission(Permission.ManageServiceAccounts)]
internal sealed class NewServiceKeyPage(ConsoleUsers console, ServiceKeyChanges changes, ApiKeyChanges keys, ScopeCatalog catalog, Store db, IOptions<ApiKeysOptions> options) : PageModel
{
    [BindProperty]
    public KeyForm Form { get; set; } = new();

    public User Account { get; private set; } = null!;
    public KeyFields Shown { get; private set; } = null!;

    /// <summary>Set in the answer that made it.</summary>
    public MadeKey Made { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid sub, CancellationToken ct)
    {
        Form.Days = Math.Ceiling(options.Value.Lifetime.TotalDays).ToString(CultureInfo.InvariantCulture);
        return await LoadAsync(sub, ct) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnPostAsync(Guid sub, CancellationToken ct)
    {
        if (!await LoadAsync(sub, ct))
            return NotFound();
        var request = Form.Read(ModelState);
        if (!ModelState.IsValid)
        {
            KeyForm.Tell(ModelState, (await keys.CreateAsync(Account, HttpContext, request, check: true, ct)).Problems);
            return Page();
        }

        (Made, var refused) = await changes.CreateAsync((await console.OfAsync(HttpContext, ct)).Id, sub, HttpContext, request, ct);
        if (refused is not null)
            ModelState.Tell(refused, "permissions");
        KeyForm.Tell(ModelState, Made.Problems ?? []);
        return Page();
    }

    private async Task<bool> LoadAsync(Guid sub, CancellationToken ct)
    {
        if (!options.Value.Enabled || await ServiceKeyChanges.OwnerAsync(db, sub, ct) is not { } account)
            return false;
        Account = account;
        var held = await keys.HeldAsync(sub, ct);
        Shown = new KeyFields(Form, KeyForm.Choices(await catalog.GetAsync(ct), held), held, Math.Floor(options.Value.MaxLifetime.TotalDays), IsOthers: true);
        return true;
    }
}
