using System.Globalization;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys;

/// <summary>/account/keys/new: the form, and the one answer that shows the secret.</summary>
[SignedInPage, FreshSignIn]
internal sealed class NewKeyPage(SessionStore sessions, ApiKeyChanges changes, ScopeCatalog catalog, IOptions<ApiKeysOptions> options) : PageModel
{
    [BindProperty]
    public KeyForm Form { get; set; } = new();

    public KeyFields Shown { get; private set; } = null!;

    /// <summary>Set in the answer that made it.</summary>
    public MadeKey Made { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!options.Value.Enabled)
            return NotFound();
        await LoadAsync((await sessions.FindAsync(HttpContext, ct))!, ct);
        Form.Days = Math.Ceiling(options.Value.Lifetime.TotalDays).ToString(CultureInfo.InvariantCulture);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!options.Value.Enabled)
            return NotFound();
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        await LoadAsync(session, ct);
        if (await changes.TooManyAsync(session.UserId, ct) is { } wait)
        {
            ModelState.AddModelError("", $"You have made many keys. Wait {Duration.InWords(wait)}, then try again");
            return Page();
        }

        var request = Form.Read(ModelState);
        Made = await changes.CreateAsync(session.User, HttpContext, request, check: !ModelState.IsValid, ct);
        KeyForm.Tell(ModelState, Made.Problems);
        return Page();
    }

    private async Task LoadAsync(Session session, CancellationToken ct)
    {
        var held = await changes.HeldAsync(session.UserId, ct);
        Shown = new KeyFields(Form, KeyForm.Choices(await catalog.GetAsync(ct), held), held, Math.Floor(options.Value.MaxLifetime.TotalDays));
    }
}
