using IdentityProvider.Authorize;
using IdentityProvider.Email;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.EmailSignIn;

/// <summary>Mails the link and the code, and signs in whoever comes back with one of them.</summary>
internal sealed class SignInMail(
    Store db, CodeStore codes, CodeHash hash, BrowserCookie browsers, MailOutbox outbox, MailLimits limits, ReturnTicket tickets, SessionStore sessions,
    IOptions<EmailSignInOptions> options, EventLog events, TimeProvider clock)
{
    public const string Purpose = "sign-in", Method = "mca";

    public TimeSpan Lifetime => options.Value.Lifetime;

    public bool IsOfferedFor(WaitingRequest request) => outbox.CanSend && !request.Client.LocalSignInOff && options.Value.Mode switch
    {
        EmailSignInMode.All => true,
        EmailSignInMode.Clients => request.Kind != RequestKind.OwnPage && options.Value.Clients.Contains(request.Client.ClientId!),
        _ => false,
    };

    /// <summary>An address that is nobody's, or was never proven, gets the same answer, limits and rows; only the mail is missing.</summary>
    public async Task<LimitLease> SendAsync(HttpContext http, string email, string ticket, CancellationToken ct)
    {
        var key = UserNames.Normalize(email);
        var lease = await limits.TryAcquireAsync(http, key, ct);
        if (!lease.Acquired)
            return lease;
        var user = await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.NormalizedEmail == key && u.EmailConfirmed && u.DisabledAt == null && u.ServiceSince == null, ct);
        var issued = codes.Add(Purpose, user?.Id.ToString("N") ?? hash.OwnerOf(key), Lifetime, browsers.Ensure(http), $"{ticket} {key}");
        if (user is not null && EmailAddress.IsValid(user.Email))
            outbox.Add(db, new MailMessage("sign-in", user.Email!, user.Locale, new Dictionary<string, string>
            {
                ["code"] = $"{issued.Code[..4]} {issued.Code[4..]}",
                ["link"] = codes.LinkTo("login/mail/open", issued.Token),
                ["lifetime"] = Duration.InWords(Lifetime),
            })
            { ExpiresAt = clock.GetUtcNow() + Lifetime });
        await db.SaveChangesAsync(ct);
        events.Raise(new SignInMailAsked(user?.Id));
        return lease;
    }

    /// <summary>The mailed link. By itself it signs in the browser that asked: in another, somebody may have been sent the link to be signed in as its sender.</summary>
    public Task<FoundCode?> FindAsync(HttpContext http, string? token, CancellationToken ct) => codes.FindByLinkAsync(Purpose, token, browsers.Read(http), ct);

    /// <summary>The digits, typed in the browser that asked.</summary>
    public Task<FoundCode?> FindByCodeAsync(HttpContext http, string? typed, CancellationToken ct) => codes.FindByCodeAsync(Purpose, browsers.Read(http), typed, ct);

    /// <summary>The digits, typed beside the link in another browser. The request waits where it was started, so this leads into the account.</summary>
    public async Task<string?> SignInElsewhereAsync(HttpContext http, string? token, string? typed, CancellationToken ct) =>
        await codes.FindByLinkAndCodeAsync(Purpose, token, browsers.Read(http), typed, ct) is { } found && await SignInAsync(http, found with { SameBrowser = true }, ct) is not null ? "/account" : null;

    /// <summary>The address that a link was mailed to, for who holds it.</summary>
    public static string AddressOf(FoundCode found) => found.Data!.Split(' ', 2)[1].ToLowerInvariant();

    /// <summary>Signs the person in, once; the path to go on to, or null when the link was used, or its account or request is gone.</summary>
    public async Task<string?> SignInAsync(HttpContext http, FoundCode found, CancellationToken ct)
    {
        if (!found.SameBrowser || found.Data?.Split(' ', 2) is not [var ticket, var address] || !Guid.TryParseExact(found.Owner, "N", out var id))
            return null;
        var user = await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id && u.NormalizedEmail == address && u.EmailConfirmed && u.DisabledAt == null && u.ServiceSince == null, ct);
        if (user is null || await tickets.FindAsync(ticket, ct) is not { } waiting || !IsOfferedFor(waiting) || !await codes.ConsumeAsync(found, ct))
            return null;
        await sessions.StartAsync(http, user, Method, staySignedIn: false, ct);
        return waiting.ReturnUrl;
    }
}

internal sealed record SignInMailAsked(Guid? UserId) : IEvent
{
    public string Name => "email_sign_in.asked";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId)];
}
