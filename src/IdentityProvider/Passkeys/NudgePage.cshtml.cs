using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Passkeys;

/// <summary>/passkey/new: a passkey offered after a password, to be taken, put off or declined.</summary>
internal sealed class NudgePage(ReturnTicket tickets, SessionStore sessions, Registration registration, Attestation attestation, Store db, TimeProvider clock) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    [BindProperty]
    public PasskeyAnswer Answer { get; set; } = new();

    /// <summary>The browser made it by itself, for a password it has just filled in.</summary>
    [BindProperty(Name = "conditional")]
    public string? Conditional { get; set; }

    public string ClientName { get; private set; } = "";
    public PasskeyQuestion Question { get; private set; } = null!;

    /// <summary>Why the last try did not work.</summary>
    public string? Problem { get; private set; }

    /// <summary>Once a visit, and not where the authenticator has to prove its make: that is signed over the person's presence.</summary>
    public string? MayBeSilent => Problem is null && attestation.Conveyance == "none" ? "true" : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not var (waiting, session))
            return ExpiredTicket.Show(this);
        return IsFresh(session) ? await AskAsync(session, null, ct) : new SeeOtherPage(waiting.ReturnUrl);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not var (waiting, session))
            return ExpiredTicket.Show(this);

        // A page left open is not the sign-in it belonged to any more: on without.
        if (!IsFresh(session))
            return HandOver.To(this, waiting.ReturnUrl);
        if (Answer.IsEmpty)
            return await AskAsync(session, "Passkeys need JavaScript and an up-to-date browser. You can go on without one.", ct);
        return await registration.AddAsync(HttpContext, session, Answer, Conditional == "true" && MayBeSilent is not null, ct) is { } refused
            ? await AskAsync(session, RefusalReason.WordsOf(refused), ct)
            : HandOver.To(this, waiting.ReturnUrl);
    }

    public Task<IActionResult> OnPostLaterAsync(CancellationToken ct) => RememberAsync(declined: false, ct);

    public Task<IActionResult> OnPostNeverAsync(CancellationToken ct) => RememberAsync(declined: true, ct);

    private async Task<IActionResult> RememberAsync(bool declined, CancellationToken ct)
    {
        if (await LoadAsync(ct) is not var (waiting, session))
            return ExpiredTicket.Show(this);
        var (now, userId) = (clock.GetUtcNow(), session.UserId);
        var row = new PasskeyNudge { UserId = userId, AskedAt = now, DeclinedAt = declined ? now : null };

        // Or the same answer from another window was first.
        if (await db.Set<PasskeyNudge>().Where(n => n.UserId == userId).ExecuteUpdateAsync(set => set.SetProperty(n => n.AskedAt, now).SetProperty(n => n.DeclinedAt, row.DeclinedAt), ct) == 0)
            await db.TryAddAsync(row, ct);
        return HandOver.To(this, waiting.ReturnUrl);
    }

    private bool IsFresh(Session session) => session.AuthenticatedAt + FreshSignInAttribute.MaxAge > clock.GetUtcNow();

    private async Task<IActionResult> AskAsync(Session session, string? problem, CancellationToken ct)
    {
        Problem = problem;
        Question = await registration.AskAsync(HttpContext, session.User, ct);
        ModelState.Clear();
        return Page();
    }

    private async Task<(WaitingRequest Waiting, Session Session)?> LoadAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { Kind: RequestKind.Authorization } waiting || await sessions.FindAsync(HttpContext, ct) is not { } session)
            return null;
        ClientName = waiting.ClientName;
        return (waiting, session);
    }
}
