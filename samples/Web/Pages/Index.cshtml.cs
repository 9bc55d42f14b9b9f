using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Samples.Web.Pages;

internal sealed class IndexModel(NotesApi api, UserInfo userInfo) : PageModel
{
    public bool SignedIn => User.Identity is { IsAuthenticated: true };
    public IReadOnlyList<Note> Notes { get; private set; } = [];
    public string? NotesError { get; private set; }
    public IReadOnlyList<Claim> IdToken { get; private set; } = [];
    public IReadOnlyList<Claim> UserInfo { get; private set; } = [];
    public string? UserInfoError { get; private set; }
    public string? ExpiresAt { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (!SignedIn || await HttpContext.GetTokenAsync("access_token") is not { } accessToken)
            return;

        IdToken = [.. new JsonWebToken(await HttpContext.GetTokenAsync("id_token")).Claims];
        ExpiresAt = DateTimeOffset.Parse((await HttpContext.GetTokenAsync("expires_at"))!, CultureInfo.InvariantCulture).ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        (Notes, NotesError) = await api.ReadAsync(accessToken, ct);
        (var claims, UserInfoError) = await userInfo.GetAsync(accessToken, ct);
        UserInfo = [.. claims];
    }

    public async Task<IActionResult> OnPostPinAsync(string text, CancellationToken ct)
    {
        if (await HttpContext.GetTokenAsync("access_token") is not { } accessToken)
            return Challenge();
        NotesError = await api.PinAsync(accessToken, text, ct);
        if (NotesError is null)
            return RedirectToPage();
        var error = NotesError;
        await OnGetAsync(ct);
        NotesError = error;
        return Page();
    }

    /// <summary>Here and at the server (OpenID Connect RP-Initiated Logout 1.0); the handler sends the ID token as the hint.</summary>
    public SignOutResult OnPostSignOut() =>
        SignOut(new AuthenticationProperties { RedirectUri = "/" }, CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme);
}
