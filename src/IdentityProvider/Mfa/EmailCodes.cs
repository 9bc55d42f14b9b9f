using IdentityProvider.Email;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Mfa;

/// <summary>Mails codes as a second factor and takes them back, in the browser that asked.</summary>
internal sealed class EmailCodes(
    Store db, CodeStore codes, BrowserCookie browsers, MailOutbox outbox, MailLimits limits, FactorAttempts attempts, EventLog events, TimeProvider clock)
{
    public const string Purpose = "second-factor";
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>To the address that is proven now. The lease says whether one was sent.</summary>
    public async Task<LimitLease> SendAsync(HttpContext http, User user, CancellationToken ct)
    {
        var lease = await limits.TryAcquireAsync(http, UserNames.Normalize(user.Email!), ct);
        if (!lease.Acquired)
            return lease;
        var issued = codes.Add(Purpose, user.Id.ToString("N"), Lifetime, browsers.Ensure(http));
        outbox.Add(db, new MailMessage("second-factor-code", user.Email!, user.Locale, new Dictionary<string, string>
        {
            ["code"] = $"{issued.Code[..4]} {issued.Code[4..]}",
            ["lifetime"] = Duration.InWords(Lifetime),
        })
        { ExpiresAt = clock.GetUtcNow() + Lifetime });
        await db.SaveChangesAsync(ct);
        return lease;
    }

    public async Task<TotpOutcome> CheckAsync(HttpContext http, Guid userId, string typed, CancellationToken ct)
    {
        // What cannot be a code is a slip, not a guess: it costs no attempt.
        if (CodeHash.Read(typed) is null)
            return TotpOutcome.Wrong;
        if (!await attempts.TryAsync(EmailCodeFactor.Name, userId, ct))
            return TotpOutcome.TooManyAttempts;
        if (await codes.FindByCodeAsync(Purpose, browsers.Read(http), typed, ct) is { } found && found.Owner == userId.ToString("N") && await codes.ConsumeAsync(found, ct))
        {
            await attempts.SucceededAsync(EmailCodeFactor.Name, userId, ct);
            return TotpOutcome.Right;
        }

        events.Raise(new SecondFactorRefused(userId, EmailCodeFactor.Name, "wrong_code"));
        return TotpOutcome.Wrong;
    }
}
