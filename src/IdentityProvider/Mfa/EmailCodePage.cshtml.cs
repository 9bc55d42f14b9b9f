using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Mfa;

/// <summary>/mfa/email-code: mails a code when the button is pressed, and takes it.</summary>
internal sealed class EmailCodePage(ReturnTicket tickets, SessionStore sessions, EmailCodeFactor factor, SecondFactors factors, EmailCodes codes, IOptions<RateLimitsOptions> limits)
    : SecondFactorPageModel(tickets, sessions, EmailCodeFactor.Name)
{
    [BindProperty(Name = "code")]
    public string? Code { get; set; }


    /// <summary>Enough to know the mailbox by, and no more: whoever sees it knows the password, and perhaps only that.</summary>
    public string Address { get; private set; } = "";

    public bool Sent { get; private set; }

    /// <summary>The mailbox has been proven as the first factor: a second mail proves nothing more.</summary>
    public bool Repeats { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await FindAsync(ct) is var (waiting, session)
        ? await ElsewhereAsync(waiting, session, ct) ?? Page()
        : ExpiredTicket.Show(this);

    public async Task<IActionResult> OnPostSendAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not var (waiting, session))
            return ExpiredTicket.Show(this);
        if (await ElsewhereAsync(waiting, session, ct) is { } elsewhere)
            return elsewhere;
        if (Repeats)
            return Page();
        var lease = await codes.SendAsync(HttpContext, session.User, ct);
        Sent = true;
        return lease.Acquired ? Page() : Pause(lease.RetryAfter, "Too many mails were asked for");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is not var (waiting, session))
            return ExpiredTicket.Show(this);
        if (await ElsewhereAsync(waiting, session, ct) is { } elsewhere)
            return elsewhere;
        if (Repeats)
            return Page();
        Sent = true;
        if (string.IsNullOrWhiteSpace(Code))
            return Refuse("Enter the code from the mail");
        switch (await codes.CheckAsync(HttpContext, session.UserId, Code, ct))
        {
            case TotpOutcome.Right:
                await CompleteAsync(session, ["mca"], ct);
                return HandOver.To(this, waiting.ReturnUrl);
            case TotpOutcome.TooManyAttempts:
                return Pause(limits.Value.OtpPerUser.Window);
            default:
                return Refuse("This code does not work. Check it, or ask for another mail");
        }
    }

    /// <summary>Null where the person may use mailed codes; else the dispatcher knows what else there is to do.</summary>
    private async Task<IActionResult?> ElsewhereAsync(WaitingRequest waiting, Session session, CancellationToken ct) =>
        await factors.HasAnyAsync(session.UserId, ct) && await factor.AcrOfAsync(session.UserId, ct) is not null ? null : new SeeOtherPage(waiting.ReturnUrl);

    private async Task<(WaitingRequest Waiting, Session Session)?> FindAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not var (waiting, session))
            return null;
        Address = session.User.Email is { Length: > 0 } address ? $"{address[0]}…{address[address.LastIndexOf('@')..]}" : "";
        Repeats = session.Factors.Exists(f => f.Method == "mca");
        return (waiting, session);
    }
}
