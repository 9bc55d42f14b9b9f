using IdentityProvider.Authorize;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Mfa;

/// <summary>/account/recovery-codes: a new set, shown in the one answer that makes it.</summary>
[SignedInPage, FreshSignIn]
internal sealed class RecoveryCodesPage(SessionStore sessions, SecondFactors factors, RecoveryCodes recovery, FactorMails mails, Store db, EventLog events) : PageModel
{
    public int Left { get; private set; }
    public IReadOnlyList<string> Codes { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var userId = (await sessions.FindAsync(HttpContext, ct))!.UserId;
        if (!await factors.HasAnyAsync(userId, ct))
            return new SeeOtherPage("/account/authenticators");
        Left = await recovery.RemainingAsync(userId, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        if (!await factors.HasAnyAsync(session.UserId, ct))
            return new SeeOtherPage("/account/authenticators");
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            Codes = await recovery.ReplaceAsync(session.UserId, ct);
            mails.Add(db, session.User, FactorChange.RecoveryCodesMade, HttpContext);
            events.Record(db, new FactorChanged(session.UserId, FactorChange.RecoveryCodesMade));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        return Page();
    }
}
