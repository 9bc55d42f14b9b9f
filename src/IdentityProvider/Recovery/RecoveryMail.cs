using System.Globalization;
using System.Text.Json;
using IdentityProvider.Email;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Recovery;

/// <summary>What the mailed link stands for: the address it went to, and the request that waits for the person.</summary>
internal sealed record RecoveryData(string Email, string? Ticket)
{
    public static RecoveryData Of(FoundCode code) => JsonSerializer.Deserialize<RecoveryData>(code.Data!)!;

    public override string ToString() => JsonSerializer.Serialize(this);
}

/// <summary>
/// Mails a link and a code to whoever has the address. An address that is nobody's costs the same limits, rows and time, so that
/// neither answer nor clock tells whose it is.
/// </summary>
internal sealed class RecoveryMail(
    Store db, CodeStore codes, CodeHash hash, BrowserCookie browsers, MailOutbox outbox, RateLimiter limiter, MailLimits limits, IOptions<RecoveryOptions> options, EventLog events, TimeProvider clock)
{
    public const string Purpose = "recovery", Page = "recover/password";

    /// <summary>After this long another mail to the same mailbox can be asked for. One permit in two windows of half of it: not much sooner either.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    public bool IsOffered => options.Value.Enabled && outbox.CanSend;
    public TimeSpan Lifetime => options.Value.Lifetime;

    /// <returns>How long to wait, when too many were asked for; zero when a mail is on its way, if anybody has the address.</returns>
    public async Task<TimeSpan> SendAsync(HttpContext http, string email, string? ticket, CancellationToken ct)
    {
        var key = UserNames.Normalize(email);
        var pause = await limiter.TryAcquireAsync("recovery-again", new RateLimit(1, Pause / 2), key, ct);
        if (!pause.Acquired)
            return pause.RetryAfter;
        if (await limits.TryAcquireAsync(http, key, ct) is { Acquired: false } lease)
            return lease.RetryAfter;

        var user = await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.NormalizedEmail == key && u.DisabledAt == null && u.ServiceSince == null, ct);

        // An address that came from elsewhere as no mail server takes it is nobody's.
        if (!EmailAddress.IsValid(user?.Email))
            user = null;
        var data = new RecoveryData(key, ticket).ToString();
        var issued = codes.Add(Purpose, user?.Id.ToString("N") ?? hash.OwnerOf(key), Lifetime, browsers.Ensure(http), data);
        if (user?.Email is { } address)
            outbox.Add(db, new MailMessage("recovery", address, user.Locale, Values(issued)) { ExpiresAt = clock.GetUtcNow() + Lifetime });
        else
            codes.Add("nobody", hash.OwnerOf(key), Lifetime, "", data);
        await db.SaveChangesAsync(ct);
        events.Raise(new RecoveryRequested(user?.Id));
        return TimeSpan.Zero;
    }

    /// <summary>Somebody who may asks for it in the person's place. Of no browser: the link wants the digits of the same mail wherever it is opened.</summary>
    /// <returns>How long to wait, when a mail has just been sent.</returns>
    public async Task<TimeSpan> SendAsync(User user, CancellationToken ct)
    {
        var key = user.NormalizedEmail!;
        if (await limiter.TryAcquireAsync("recovery-again", new RateLimit(1, Pause / 2), key, ct) is { Acquired: false } pause)
            return pause.RetryAfter;
        var issued = codes.Add(Purpose, user.Id.ToString("N"), Lifetime, Handle.Create(), new RecoveryData(key, null).ToString());
        outbox.Add(db, new MailMessage("recovery", user.Email!, user.Locale, Values(issued)) { ExpiresAt = clock.GetUtcNow() + Lifetime });
        await db.SaveChangesAsync(ct);
        return TimeSpan.Zero;
    }

    private Dictionary<string, string> Values(IssuedCode issued) => new()
    {
        ["code"] = $"{issued.Code[..4]} {issued.Code[4..]}",
        ["link"] = codes.LinkTo(Page, issued.Token),
        ["lifetime"] = Duration.InWords(Lifetime),
    };
}

internal sealed record RecoveryRequested(Guid? UserId) : IEvent
{
    public string Name => "recovery.requested";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId?.ToString("D", CultureInfo.InvariantCulture) ?? "unknown")];
}
