using IdentityProvider.Email;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.SignIn;

/// <summary>
/// The way past the captcha without script: a code mailed to the account's address. A name that is nobody's gets the same page, the
/// same limits and a row like any other; only the mail is missing.
/// </summary>
internal sealed class MailedProof(Store db, UserLookup users, CodeStore codes, CodeHash hash, BrowserCookie browsers, MailOutbox outbox, MailLimits limits, TimeProvider clock)
{
    public const string Purpose = "sign-in-proof", Field = "mailcode";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    public bool IsOffered => outbox.CanSend;

    /// <summary>Not acquired: too many mails to this name or from this network.</summary>
    public async Task<LimitLease> SendAsync(HttpContext http, string username, CancellationToken ct)
    {
        var name = UserNames.Normalize(username);
        var lease = await limits.TryAcquireAsync(http, name, ct);
        if (!lease.Acquired)
            return lease;
        var user = await users.FindAsync(username, ct);
        var issued = codes.Add(Purpose, hash.OwnerOf(name), Lifetime, browsers.Ensure(http));
        if (user is { EmailConfirmed: true, DisabledAt: null } && EmailAddress.IsValid(user.Email))
            outbox.Add(db, new MailMessage("sign-in-proof", user.Email!, user.Locale, new Dictionary<string, string>
            {
                ["code"] = $"{issued.Code[..4]} {issued.Code[4..]}",
                ["digits"] = issued.Code,
                ["minutes"] = Lifetime.TotalMinutes.ToString(System.Globalization.CultureInfo.InvariantCulture),
            })
            { ExpiresAt = clock.GetUtcNow() + Lifetime });
        await db.SaveChangesAsync(ct);
        return lease;
    }

    /// <summary>Whether the form holds the code that was mailed for this name, and takes it.</summary>
    public async Task<bool> VerifyAsync(HttpContext http, string username, CancellationToken ct) =>
        http.Request.Form[Field].ToString() is { Length: > 0 } typed
        && await codes.FindByCodeAsync(Purpose, browsers.Read(http), typed, ct) is { } found
        && found.Owner == hash.OwnerOf(UserNames.Normalize(username))
        && await codes.ConsumeAsync(found, ct);
}
