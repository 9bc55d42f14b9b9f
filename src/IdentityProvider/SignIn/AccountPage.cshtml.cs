using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.SignIn;

/// <summary>
/// /account-choice: go on as who is signed in, as somebody who signed in with this browser before, or as somebody else
/// (prompt=select_account). Only who is signed in goes on without proving anything.
/// </summary>
internal sealed class AccountPage(ReturnTicket tickets, SessionStore sessions, BrowserAccounts accounts, IEnumerable<ISignInOption> ways) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    public string ClientName { get; private set; } = "";

    /// <summary>Who is signed in.</summary>
    public User? Current { get; private set; }

    /// <summary>Who else can be chosen.</summary>
    public IReadOnlyList<BrowserAccount> Others { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is null)
            return ExpiredTicket.Show(this);
        return Current is null && Others.Count == 0 ? new SeeOtherPage($"/login?ticket={Ticket}") : Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        if (await sessions.FindAsync(HttpContext, ct) is { } session)
            await sessions.ConfirmAsync(session, ct);
        return HandOver.To(this, waiting.ReturnUrl);
    }

    /// <summary>Straight to the provider where that is how they come in, else to the sign-in page with their name.</summary>
    public async Task<IActionResult> OnPostPickAsync([FromForm(Name = "account")] string? key, CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        if (Others.FirstOrDefault(account => account.Key == key) is not { } picked)
            return new SeeOtherPage($"/account-choice?ticket={Ticket}");
        var elsewhere = await ElsewhereAsync(waiting, picked, ct);
        await tickets.HintAsync(waiting.Ticket, elsewhere is null ? picked.SignInName : picked.User.Email ?? picked.User.UserName, ct);
        return elsewhere is null ? new SeeOtherPage($"/login?ticket={Ticket}&switch=true") : HandOver.To(this, elsewhere.Url);
    }

    public async Task<IActionResult> OnPostForgetAsync([FromForm(Name = "account")] string? key, CancellationToken ct)
    {
        if (await LoadAsync(ct) is null)
            return ExpiredTicket.Show(this);
        accounts.Forget(HttpContext, key);
        return new SeeOtherPage($"/account-choice?ticket={Ticket}");
    }

    public async Task<IActionResult> OnPostOtherAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } waiting)
            return ExpiredTicket.Show(this);
        if (waiting.Request.LoginHint is not null)
            await tickets.HintAsync(waiting.Ticket, null, ct);
        return new SeeOtherPage($"/login?ticket={Ticket}&switch=true");
    }

    private async Task<SignInOptionLink?> ElsewhereAsync(WaitingRequest waiting, BrowserAccount picked, CancellationToken ct)
    {
        foreach (var way in ways)
            if ((await way.ForAsync(waiting, ct)).FirstOrDefault(option => option.IsElsewhere && option.Way == picked.Way) is { } found)
                return found;
        return null;
    }

    private async Task<WaitingRequest?> LoadAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { } waiting)
            return null;
        ClientName = waiting.ClientName;
        Current = (await sessions.FindAsync(HttpContext, ct))?.User;
        Others = [.. (await accounts.ListAsync(HttpContext, ct)).Where(account => account.User.Id != Current?.Id)];
        return waiting;
    }
}
