using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Passkeys;

/// <summary>/account/passkeys/add: one more passkey.</summary>
[SignedInPage, FreshSignIn]
internal sealed class AddPage(SessionStore sessions, Registration registration) : PageModel
{
    [BindProperty]
    public PasskeyAnswer Answer { get; set; } = new();

    public string AccountName { get; private set; } = "";
    public PasskeyQuestion Question { get; private set; } = null!;

    /// <summary>Why the last try did not work.</summary>
    public string? Problem { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => AskAsync(null, ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Answer.IsEmpty)
            return await AskAsync("Passkeys need JavaScript and an up-to-date browser. Your password goes on working.", ct);
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        return await registration.AddAsync(HttpContext, session, Answer, conditional: false, ct) is { } refused
            ? await AskAsync(RefusalReason.WordsOf(refused), ct)
            : new SeeOtherPage("/account/passkeys?done=added");
    }

    private async Task<IActionResult> AskAsync(string? problem, CancellationToken ct)
    {
        var user = (await sessions.FindAsync(HttpContext, ct))!.User;
        AccountName = user.DisplayName;
        Problem = problem;
        Question = await registration.AskAsync(HttpContext, user, ct);
        ModelState.Clear();
        return Page();
    }
}
