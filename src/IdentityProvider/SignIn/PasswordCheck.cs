using System.Globalization;
using IdentityProvider.Captcha;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Sessions;
using IdentityProvider.Suspicions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.SignIn;

/// <summary>What became of a name and a password.</summary>
internal abstract record PasswordResult
{
    internal sealed record SignedIn(Session Session) : PasswordResult;

    /// <summary>Unknown name or wrong password: nobody learns which.</summary>
    internal sealed record Wrong : PasswordResult;

    /// <summary>Too many attempts for this name, known or not.</summary>
    internal sealed record Locked(TimeSpan RetryAfter) : PasswordResult;

    /// <summary>Too many attempts from this network.</summary>
    internal sealed record TooMany(TimeSpan RetryAfter) : PasswordResult;

    /// <summary>Too many failures for this name, known or not, to try a password without a proof. Not counted as an attempt.</summary>
    internal sealed record ProofMissing : PasswordResult;

    /// <summary>The hash queue is full.</summary>
    internal sealed record Busy : PasswordResult;
}

/// <summary>
/// Checks a password in an order that tells strangers nothing: limit by network, count the attempt, do one hash whatever is
/// found, and only then look at what the account is.
/// </summary>
internal sealed class PasswordCheck(
    UserLookup users, KnownBrowsers browsers, Passwords passwords, StoredPasswords stored, Lockout lockout, ICaptcha captcha, IOptions<CaptchaOptions> proof,
    RateLimiter limiter, IOptions<RateLimitsOptions> limits, SessionStore sessions, MailedProof mailed, SignInNotices notices, SuspicionLog suspicions, EventLog events)
{
    public async Task<PasswordResult> SignInAsync(HttpContext http, string username, string password, bool staySignedIn, CancellationToken ct)
    {
        var lease = await limiter.TryAcquireAsync("sign-in", limits.Value.SignInPerAddress, ClientAddress.Of(http), ct);
        if (!lease.Acquired)
            return new PasswordResult.TooMany(lease.RetryAfter);

        var user = await users.FindAsync(username, ct);
        var account = browsers.KeyFor(http, user) ?? Lockout.KeyFor(user, username);
        var tag = user is null ? lockout.TagOf(account) : null;
        if (await NeedsProofAsync(account, ct) && !await captcha.VerifyAsync(http.Request.Form, ct) && !await mailed.VerifyAsync(http, username, ct))
        {
            events.Raise(new SignInRefused(user?.Id, tag, "no_proof"));
            return new PasswordResult.ProofMissing();
        }

        var decision = await lockout.TryAttemptAsync(account, ct);
        if (!decision.Allowed)
        {
            events.Raise(new SignInRefused(user?.Id, tag, "locked"));
            return new PasswordResult.Locked(decision.RetryAfter);
        }

        var outcome = await passwords.VerifyAsync(user?.PasswordHash, password, ct);
        if (outcome == PasswordOutcome.Busy)
        {
            await lockout.NotCheckedAsync(account, ct);
            return new PasswordResult.Busy();
        }

        if (outcome == PasswordOutcome.Wrong || user is not { MaySignIn: true })
        {
            events.Raise(new SignInRefused(user?.Id, tag, outcome == PasswordOutcome.Wrong ? "wrong_password" : "disabled"));
            if (decision.Locks)
                events.Raise(new NameLocked(user?.Id, tag));
            if (decision.Locks && user is not null)
                notices.Locked(http, user);
            return new PasswordResult.Wrong();
        }

        await lockout.SucceededAsync(account, ct);
        if (outcome == PasswordOutcome.RightButOld)
            await RenewAsync(user, password, ct);
        browsers.Remember(http, user);
        var session = await sessions.StartAsync(http, user, "pwd", staySignedIn, ct);
        if (browsers.KeyFor(http, user) is null)
            await suspicions.NewDeviceAsync(http, user, session.Id, ct);
        events.Raise(new SignedIn(user.Id, session.Id));
        return new PasswordResult.SignedIn(session);
    }

    /// <summary>Whoever is right gets in, also when there is no turn left to hash anew: the next sign-in will.</summary>
    private async Task RenewAsync(User user, string password, CancellationToken ct)
    {
        try
        {
            await stored.SavePasswordAsync(user.Id, user.PasswordHash, await passwords.HashAsync(password, ct), ct);
        }
        catch (PasswordsBusyException)
        {
            events.Raise(new RenewalPutOff(user.Id));
        }
    }

    /// <summary>The question to show beside the next attempt on this name, if there is one; the same for a name that is nobody's.</summary>
    public async Task<CaptchaQuestion?> QuestionAsync(HttpContext http, string? username, CancellationToken ct) =>
        await NeedsProofAsync(string.IsNullOrEmpty(username) ? "" : await KeyAsync(http, username, ct), ct)
            ? new CaptchaQuestion(captcha.View, captcha.CreateChallenge())
            : null;

    private async Task<string> KeyAsync(HttpContext http, string username, CancellationToken ct)
    {
        var user = await users.FindAsync(username, ct);
        return browsers.KeyFor(http, user) ?? Lockout.KeyFor(user, username);
    }

    private async Task<bool> NeedsProofAsync(string account, CancellationToken ct) =>
        proof.Value.AfterFailures == 0 || (account.Length > 0 && await lockout.FailuresAsync(account, ct) >= proof.Value.AfterFailures);
}

internal sealed record SignedIn(Guid UserId, Guid SessionId) : IEvent
{
    public string Name => "sign_in.signed_in";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("session", SessionId)];

    /// <summary>The session that starts is, with the way it was proven.</summary>
    public bool IsAudited => false;
}

/// <summary>Too many wrong passwords: nobody who is not known here may try this name for a while.</summary>
internal sealed record NameLocked(Guid? UserId, string? Tag) : IEvent
{
    public static readonly Metric Lockouts = new(MetricKind.Counter, "identityprovider.lockouts", "{lockout}", "Names locked for a while after wrong passwords, somebody's or nobody's.");

    public string Name => "sign_in.name_locked";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId?.ToString("D", CultureInfo.InvariantCulture) ?? "unknown")];
    public EventTarget? Target => SignInRefused.Nobody(Tag);
    public Tally? Tally => new(Lockouts);
}

/// <summary>The password is kept under its old hash until the next sign-in.</summary>
internal sealed record RenewalPutOff(Guid UserId) : IEvent
{
    public string Name => "sign_in.renewal_put_off";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("reason", "busy")];

    /// <summary>Nothing changed, and the person got in.</summary>
    public bool IsAudited => false;
}

/// <param name="UserId">Whose name it is.</param>
/// <param name="Tag">From <see cref="Lockout.TagOf"/>, where it is nobody's: how many such names fail is seen, what they are is not.</param>
/// <param name="Reason">Why.</param>
internal sealed record SignInRefused(Guid? UserId, string? Tag, string Reason) : IEvent
{
    public string Name => "sign_in.refused";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId?.ToString("D", CultureInfo.InvariantCulture) ?? "unknown"), new("reason", Reason)];
    public EventResult Result => EventResult.Refused;
    public EventTarget? Target => Nobody(Tag);
    public Tally? Tally => SignInTally.Refused(SignInTally.SignIns, "pwd", Reason);

    public static EventTarget? Nobody(string? tag) => tag is null ? null : new EventTarget("unknown_name", tag);
}
