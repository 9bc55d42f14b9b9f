using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Recovery;

/// <summary>
/// /recover/not-me: where "This was not me" of a mail leads, without a sign-in and in any browser. Opening it changes nothing: programs that read mail open it too.
/// </summary>
internal sealed class NotMePage(NotMe notMe, RecoveryMail mail) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    /// <summary>It is done, and how it goes on; says nothing of any account.</summary>
    public NotMeEnd? Done { get; private set; }

    /// <summary>The link is no good (any more).</summary>
    public bool IsOver { get; private set; }

    public bool CanReset => mail.IsOffered;

    public async Task<IActionResult> OnGetAsync([FromQuery] string? done, CancellationToken ct)
    {
        Done = Enum.GetValues<NotMeEnd>().Where(end => Word(end) == done).Select(end => (NotMeEnd?)end).FirstOrDefault();
        IsOver = Done is null && !await notMe.IsGoodAsync(Token, ct);
        return Shown();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await notMe.ActAsync(HttpContext, Token, ct) is { } end)
            return new SeeOtherPage($"/recover/not-me?done={Word(end)}");
        IsOver = true;
        return Shown();
    }

    private static string Word(NotMeEnd end) => end switch
    {
        NotMeEnd.Mailed => "mailed",
        NotMeEnd.AskForMail => "ask",
        NotMeEnd.NoPassword => "no-password",
        NotMeEnd.OtherAddress => "address",
        _ => "operator",
    };

    private PageResult Shown()
    {
        var page = Page();
        page.StatusCode = IsOver ? StatusCodes.Status410Gone : StatusCodes.Status200OK;
        return page;
    }
}
