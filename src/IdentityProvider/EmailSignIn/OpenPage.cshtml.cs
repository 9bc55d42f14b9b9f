using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.EmailSignIn;

internal enum OpenState
{
    /// <summary>The link is good and this browser asked for it.</summary>
    Ready,

    /// <summary>Another browser asked for it.</summary>
    Elsewhere,

    /// <summary>Used, too old, or none of ours.</summary>
    Over,
}

/// <summary>/login/mail/open: where the mailed link leads. Opening it changes nothing: programs that read mail open it too. Another browser than the one that asked is asked for the code.</summary>
internal sealed class OpenPage(SignInMail mail) : PageModel
{
    [BindProperty(Name = "token", SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty(Name = "code")]
    public string? Code { get; set; }

    public string Address { get; private set; } = "";
    public string Lifetime => Duration.InWords(mail.Lifetime);
    public OpenState State { get; private set; } = OpenState.Over;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var found = await mail.FindAsync(HttpContext, Token, ct);
        State = found is null ? OpenState.Over : found.SameBrowser ? OpenState.Ready : OpenState.Elsewhere;
        Address = found is null ? "" : SignInMail.AddressOf(found);
        return Shown();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var found = await mail.FindAsync(HttpContext, Token, ct);
        if (found is { SameBrowser: false })
            return await OnElsewhereAsync(found, ct);
        if (found is not null && await mail.SignInAsync(HttpContext, found, ct) is { } next)
            return HandOver.To(this, next);
        State = OpenState.Over;
        return Shown();
    }

    private async Task<IActionResult> OnElsewhereAsync(FoundCode found, CancellationToken ct)
    {
        if (!string.IsNullOrWhiteSpace(Code) && await mail.SignInElsewhereAsync(HttpContext, Token, Code, ct) is { } next)
            return HandOver.To(this, next);
        (State, Address) = (OpenState.Elsewhere, SignInMail.AddressOf(found));
        ModelState.AddModelError("code", string.IsNullOrWhiteSpace(Code) ? "Enter the code from the mail" : "This code does not work. Check it, or ask for another mail");
        return Shown();
    }

    private PageResult Shown()
    {
        var page = Page();
        page.StatusCode = State == OpenState.Over ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
        return page;
    }
}
