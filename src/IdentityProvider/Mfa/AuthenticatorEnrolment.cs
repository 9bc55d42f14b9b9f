using IdentityProvider.Authorize;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Mfa;

internal enum EnrolmentOutcome
{
    Added,
    WrongCode,

    /// <summary>Not ours, half an hour old, or finished before.</summary>
    Expired,

    TooMany,
}

/// <summary>Sets up an authenticator app: the secret is shown, and saved only with a code that the app made of it.</summary>
internal sealed class AuthenticatorEnrolment(
    Store db, MasterKey master, RecoveryCodes recovery, SecondFactors factors, SessionStore sessions, FactorMails mails, EventLog events, TimeProvider clock,
    IOptions<IdentityProviderOptions> server)
{
    public const int MaxPerUser = 10;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    /// <summary>A new secret to show.</summary>
    public EnrolmentForm Begin(Session session)
    {
        var now = clock.GetUtcNow();
        var fresh = new NewAuthenticator(Guid.CreateVersion7(now), session.UserId, session.Id, now + Lifetime, TotpSecret.Create().ToBase32());
        return Show(fresh, session);
    }

    /// <summary>The same again, after a wrong code; null when it is over.</summary>
    public EnrolmentForm? Again(Session session, string? sealedForm) => Read(session, sealedForm) is { } fresh ? Show(fresh, session) : null;

    /// <summary>
    /// Saves it, with all that belongs to a new factor: recovery codes if there are none, the mail, and the end of other sessions
    /// when it is the first factor, because those were given for a password alone.
    /// </summary>
    public async Task<(EnrolmentOutcome Outcome, IReadOnlyList<string> RecoveryCodes)> AddAsync(HttpContext http, Session session, string? sealedForm, string code, string name, CancellationToken ct)
    {
        if (Read(session, sealedForm) is not { } fresh)
            return (EnrolmentOutcome.Expired, []);
        var secret = TotpSecret.FromBase32(fresh.Secret);
        if (TotpSecret.Compact(code) is not { } digits || secret.StepOf(digits, clock.GetUtcNow()) is not { } step)
            return (EnrolmentOutcome.WrongCode, []);

        var isFirst = !await factors.HasAnyAsync(session.UserId, ct);
        IReadOnlyList<string> codes = [];
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            // The form comes twice by a double click or the Back button; its secret is saved once.
            if (!await SpentIdentifier.TrySpendAsync(db, SpentIdentifier.KeyOf("totp-enrolment", session.UserId.ToString("N"), fresh.Id.ToString("N")), fresh.ExpiresAt, ct))
                return (EnrolmentOutcome.Expired, []);
            if (await db.Set<Authenticator>().CountAsync(a => a.UserId == session.UserId, ct) >= MaxPerUser)
                return (EnrolmentOutcome.TooMany, []);
            db.Add(new Authenticator { UserId = session.UserId, Name = name, ProtectedSecret = secret.Protect(master), LastStep = step, CreatedAt = clock.GetUtcNow() });
            if (await recovery.RemainingAsync(session.UserId, ct) == 0)
                codes = await recovery.ReplaceAsync(session.UserId, ct);
            await TrustedDevices.ForgetAllAsync(db, session.UserId, ct);
            mails.Add(db, session.User, FactorChange.AuthenticatorAdded, http, name);
            events.Record(db, new FactorChanged(session.UserId, FactorChange.AuthenticatorAdded));
            await db.SaveChangesAsync(ct);
            if (isFirst)
                await sessions.EndAllAsync(session.UserId, session.Id, "second_factor_added", ct);
            await transaction.CommitAsync(ct);
        }

        await sessions.CompleteAsync(http, session, ["otp"], ct);
        return (EnrolmentOutcome.Added, codes);
    }

    private NewAuthenticator? Read(Session session, string? sealedForm) =>
        NewAuthenticator.Open(sealedForm, master) is { } fresh && fresh.UserId == session.UserId && fresh.SessionId == session.Id && fresh.ExpiresAt > clock.GetUtcNow() ? fresh : null;

    private EnrolmentForm Show(NewAuthenticator fresh, Session session) => EnrolmentForm.Of(fresh, fresh.Seal(master), server.Value.ProductName, session.User);
}
