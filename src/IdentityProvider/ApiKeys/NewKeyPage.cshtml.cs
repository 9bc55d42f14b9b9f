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
    public static readonly string[] Fields = ["name", "days", "scope", "permissions", "networks", "quota"];

    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    [BindProperty(Name = "days")]
    public string? Days { get; set; }

    [BindProperty(Name = "scope")]
    public List<string> Scopes { get; set; } = [];

    [BindProperty(Name = "permissions")]
    public List<string> Permissions { get; set; } = [];

    [BindProperty(Name = "networks")]
    public string? Networks { get; set; }

    [BindProperty(Name = "quota")]
    public string? Quota { get; set; }

    /// <summary>What the key can be for: the APIs by name, each with its scopes.</summary>
    public IReadOnlyList<(string Title, IReadOnlyList<ScopeInfo> Scopes)> Choices { get; private set; } = [];

    public IReadOnlyList<string> Held { get; private set; } = [];
    public double MostDays => Math.Floor(options.Value.MaxLifetime.TotalDays);

    /// <summary>Set in the answer that made it.</summary>
    public MadeKey Made { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!options.Value.Enabled)
            return NotFound();
        await LoadAsync((await sessions.FindAsync(HttpContext, ct))!, ct);
        Days = Math.Ceiling(options.Value.Lifetime.TotalDays).ToString(CultureInfo.InvariantCulture);
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

        var days = Number(Days, "days", "Enter a whole number of days");
        var quota = string.IsNullOrWhiteSpace(Quota) ? null : Number(Quota, "quota", "Enter a whole number, or leave this empty");
        Made = await changes.CreateAsync(
            session.User, HttpContext,
            new ApiKeyRequest(Name, Scopes, Permissions, (Networks ?? "").Split([' ', ',', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries), TimeSpan.FromDays(Math.Min(days ?? 1, 10_000)), null, quota),
            check: !ModelState.IsValid, ct);
        foreach (var (property, text) in Made.Problems)
            ModelState.AddModelError(property switch { "expires_in" => "days", "ip_addresses" => "networks", "monthly_quota" => "quota", var same => same }, text);
        return Page();
    }

    private int? Number(string? text, string field, string problem)
    {
        if (int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        ModelState.AddModelError(field, problem);
        return null;
    }

    private async Task LoadAsync(Session session, CancellationToken ct)
    {
        var snapshot = await catalog.GetAsync(ct);
        Held = await changes.HeldAsync(session.UserId, ct);
        Choices = [.. ApiKeyRules.Scopes(snapshot).Where(scope => scope.Name != StandardScopes.Administration || Held.Count > 0).GroupBy(scope => scope.Api).Select(group => (Title: group.Key is null ? "This server" : snapshot.Apis[group.Key].DisplayName, Scopes: (IReadOnlyList<ScopeInfo>)[.. group])).OrderBy(choice => choice.Scopes[0].Api is null)];
    }
}
