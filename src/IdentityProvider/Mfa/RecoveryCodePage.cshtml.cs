using IdentityProvider.Authorize;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Mfa;

/// <summary>/mfa/recovery-code: a code from the paper, where the other factors are not at hand.</summary>
internal sealed class RecoveryCodePage(
    ReturnTicket tickets, SessionStore sessions, RecoveryCodes recovery, FactorAttempts attempts, FactorMails mails, Store db, EventLog events, IOptions<RateLimitsOptions> limits)
    : SecondFactorPageModel(tickets, sessions, RecoveryCodeFactor.Name)
{
    [BindProperty(Name = "code")]
    public string? Code { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) is null ? ExpiredTicket.Show(this) : Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not var (waiting, session))
            return ExpiredTicket.Show(this);
        if (RecoveryCodes.Compact(Code) is null)
            return Refuse(string.IsNullOrWhiteSpace(Code) ? "Enter one of your recovery codes" : "This is not a recovery code. They have six groups of four letters and digits");
        if (!await attempts.TryAsync(RecoveryCodeFactor.Name, session.UserId, ct))
            return Pause(limits.Value.OtpPerUser.Window);
        if (!await UseAsync(session, ct))
            return Refuse("This code does not work. It may have been used before: enter another one");
        await attempts.SucceededAsync(RecoveryCodeFactor.Name, session.UserId, ct);
        await CompleteAsync(session, ["otp"], ct);
        return HandOver.To(this, waiting.ReturnUrl);
    }

    /// <summary>The code is used up together with the mail that says so.</summary>
    private async Task<bool> UseAsync(Session session, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await recovery.UseAsync(session.UserId, Code!, ct))
        {
            events.Raise(new SecondFactorRefused(session.UserId, RecoveryCodeFactor.Name, "wrong_code"));
            return false;
        }

        mails.Add(db, session.User, FactorChange.RecoveryCodeUsed, HttpContext);
        events.Record(db, new FactorChanged(session.UserId, FactorChange.RecoveryCodeUsed));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }
}
