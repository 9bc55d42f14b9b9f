using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Recovery;

/// <summary>/recover/password: where the mailed link leads. Opening it changes nothing: programs that read mail open it too.</summary>
internal sealed class NewPasswordPage(RecoveryMail mail, PasswordReset reset, PasswordRules rules, ReturnTicket tickets) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    [BindProperty(Name = "password")]
    public string? Password { get; set; }

    [BindProperty(Name = "code")]
    public string? Code { get; set; }

    public PasswordRules Rules => rules;
    public string Username { get; private set; } = "";

    /// <summary>The link is no good (any more).</summary>
    public bool IsOver { get; private set; }

    /// <summary>Opened in another browser than the one that asked: whoever got somebody else to open it has no digits.</summary>
    public bool WantsCode { get; private set; }

    public string Lifetime => Duration.InWords(mail.Lifetime);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        return Shown();
    }

    public async Task<IActionResult> OnPostCodeAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is null)
            return Shown();
        if (string.IsNullOrWhiteSpace(Code))
            ModelState.AddModelError("code", "Enter the code from the mail");
        else if (await reset.TradeAsync(HttpContext, Token, Code, ct) is { } token)
            return new SeeOtherPage($"/recover/password?token={token}");
        else
            ModelState.AddModelError("code", "This code does not work. Check it, or ask for another mail");
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { Proof.SameBrowser: true } owner)
            return Shown();
        if (string.IsNullOrEmpty(Password))
            ModelState.AddModelError("password", "Enter a new password");
        else
            foreach (var problem in rules.Problems(Password, owner.User))
                ModelState.AddModelError("password", problem);
        if (!ModelState.IsValid)
            return Page();
        if (!await reset.CompleteAsync(HttpContext, owner, Password!, ct))
        {
            IsOver = true;
            return Shown();
        }

        if (owner.Data.Ticket is { } ticket)
            await tickets.HintAsync(ticket, owner.User.Email!, ct);
        return new SeeOtherPage($"/recover/done{(owner.Data.Ticket is { } known ? $"?ticket={known}" : "")}");
    }

    private async Task<ProvenOwner?> LoadAsync(CancellationToken ct)
    {
        var owner = mail.IsOffered ? await reset.FindAsync(HttpContext, Token, ct) : null;
        IsOver = owner is null;
        WantsCode = owner is { Proof.SameBrowser: false };
        Username = owner?.User.UserName ?? owner?.User.Email ?? "";
        return owner;
    }

    private PageResult Shown()
    {
        var page = Page();
        page.StatusCode = IsOver ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
        return page;
    }
}
