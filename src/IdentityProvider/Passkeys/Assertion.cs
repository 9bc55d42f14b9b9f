using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Passkeys;

/// <summary>What became of an answer to a challenge.</summary>
internal abstract record AssertionResult
{
    /// <param name="User">Who.</param>
    /// <param name="Passkey">With which one.</param>
    /// <param name="UserVerified">The authenticator made sure of the person (PIN, finger, face): a factor of its own.</param>
    internal sealed record Proven(User User, Passkey Passkey, bool UserVerified) : AssertionResult
    {
        /// <summary>The proof in the words of RFC 8176.</summary>
        public string[] Methods => UserVerified ? [Passkey.Method, "user"] : [Passkey.Method];
    }

    /// <summary>In the words of <see cref="RefusalReason"/>.</summary>
    internal sealed record Refused(string Reason) : AssertionResult;
}

/// <summary>The authentication ceremony (WebAuthn Level 3 section 7.2).</summary>
internal sealed class Assertion(Store db, RelyingParty party, Challenges challenges, PasskeyMails mails, TimeProvider clock, EventLog events)
{
    private static readonly TimeSpan TellAgainAfter = TimeSpan.FromDays(1);

    /// <summary>A question that anybody may answer. It names no credential, so it is the same for every name and tells nobody who exists.</summary>
    public async Task<PasskeyQuestion> AskAnybodyAsync(HttpContext http, CancellationToken ct)
    {
        var made = await Handler(Purpose.SignIn).MakeRequestOptionsAsync(null, http);
        return new PasskeyQuestion(made.RequestOptionsJson, await challenges.KeepAsync(http, Purpose.SignIn, null, made.AssertionState!, ct));
    }

    /// <summary>A question to somebody who has given a first factor, with the keys that will do.</summary>
    public async Task<PasskeyQuestion> AskAsync(HttpContext http, Purpose purpose, User user, CancellationToken ct)
    {
        var made = await Handler(purpose).MakeRequestOptionsAsync(user, http);
        return new PasskeyQuestion(made.RequestOptionsJson, await challenges.KeepAsync(http, purpose, user.Id, made.AssertionState!, ct));
    }

    public async Task<AssertionResult> CheckAsync(HttpContext http, Purpose purpose, Guid? userId, PasskeyAnswer answer, CancellationToken ct)
    {
        if (answer.Fault() is { } fault)
            return Refuse(purpose, userId, fault);
        if (await challenges.TakeAsync(http, purpose, userId, answer.Challenge, ct) is not { } state)
            return Refuse(purpose, userId, RefusalReason.Challenge);
        var result = await Handler(purpose).PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = http, CredentialJson = answer.Credential!, AssertionState = state });
        if (!result.Succeeded)
            return Refuse(purpose, userId, RefusalReason.Of(result.Failure));
        if (userId is not null && result.User.Id != userId)
            return Refuse(purpose, userId, RefusalReason.Unknown);
        if (!result.User.MaySignIn)
            return Refuse(purpose, result.User.Id, RefusalReason.Disabled);

        var id = result.Passkey.CredentialId;
        if (await db.Set<Passkey>().AsNoTracking().FirstOrDefaultAsync(p => p.CredentialId == id, ct) is not { } passkey)
            return Refuse(purpose, result.User.Id, RefusalReason.Unknown);
        if (!await CountAsync(passkey.Id, result.Passkey.SignCount, result.Passkey.IsBackedUp, ct))
        {
            events.Raise(new SignCountRegressed(result.User.Id, passkey.Id));
            await TellAsync("passkey-copy-mail", result.User, passkey.Id, () => mails.Copied(db, result.User, passkey), ct);
            return Refuse(purpose, result.User.Id, RefusalReason.SignCount);
        }

        return new AssertionResult.Proven(result.User, passkey, PasskeyAnswer.IsUserVerified(answer.Credential!));
    }

    /// <summary>No more answers of this person are checked for a while. Whoever sends them knows the password, so its owner is told.</summary>
    public async Task StopAsync(Purpose purpose, User user, CancellationToken ct)
    {
        events.Raise(new PasskeyRefused(purpose, user.Id, RefusalReason.TooManyAttempts));
        await TellAsync("passkey-attempts-mail", user, user.Id, () => mails.Guessed(db, user), ct);
    }

    /// <summary>Moves the count forward, or not at all: of two answers with one count, on whatever nodes, one gets through.</summary>
    private async Task<bool> CountAsync(Guid id, long count, bool backedUp, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await db.Set<Passkey>().Where(p => p.Id == id && (p.SignCount < count || (p.SignCount == 0 && count == 0))).ExecuteUpdateAsync(
            set => set.SetProperty(p => p.SignCount, count).SetProperty(p => p.BackedUp, backedUp).SetProperty(p => p.LastUsedAt, now).SetProperty(p => p.Unasked, false), ct) == 1;
    }

    /// <summary>Once a day: whoever holds a copy, or a password, must not flood the mailbox of its owner.</summary>
    private async Task TellAsync(string kind, User user, Guid about, Action add, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await SpentIdentifier.TrySpendAsync(db, SpentIdentifier.KeyOf(kind, user.Id.ToString("N"), about.ToString("N")), clock.GetUtcNow() + TellAgainAfter, ct))
            return;
        add();
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private AssertionResult.Refused Refuse(Purpose purpose, Guid? userId, string reason)
    {
        events.Raise(new PasskeyRefused(purpose, userId, reason));
        return new AssertionResult.Refused(reason);
    }

    private PasskeyHandler<User> Handler(Purpose purpose) => UserPasskeys.Handler(db, party.Demands(purpose));
}
