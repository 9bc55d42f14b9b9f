using System.Globalization;
using IdentityProvider.Email;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Impersonation;

/// <summary>Begins to act for somebody, where that is allowed.</summary>
internal sealed class Impersonations(
    Store db, SessionStore sessions, UserRoles roles, HeldByCaller held, IEnumerable<Leaving> leaving, SecurityMail mails, RateLimiter limiter, IOptions<RateLimitsOptions> limits, IOptions<SessionsOptions> options, EventLog events)
{
    public bool AreOn => options.Value.ImpersonationLifetime > TimeSpan.Zero;

    public TimeSpan Lifetime => options.Value.ImpersonationLifetime;

    /// <summary>The person, and why nobody, or not this administrator, acts for them; null where they may.</summary>
    public async Task<(User? Person, string? Refusal)> FindAsync(Guid actor, Guid id, CancellationToken ct)
    {
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == id, ct) is not { } person)
            return (null, null);
        return (person, await RefusalAsync(actor, person, ct));
    }

    /// <returns>How long to wait where the administrator did this too often, or what is in the way; neither when it is done.</returns>
    public async Task<(TimeSpan? Wait, string? Refusal)> StartAsync(HttpContext http, Session own, Guid id, string reason, CancellationToken ct)
    {
        var lease = await limiter.TryAcquireAsync("impersonation", limits.Value.ImpersonationPerAdministrator, own.UserId.ToString(), ct);
        if (!lease.Acquired)
            return (lease.RetryAfter, null);
        var (person, refusal) = await FindAsync(own.UserId, id, ct);
        if (person is null || refusal is not null)
        {
            events.Raise(new ImpersonationRefused(own.UserId, id, person is null ? "unknown" : "not_allowed"));
            return (null, refusal ?? "There is no such person");
        }

        var begun = await sessions.ActForAsync(http, own, person, reason, session =>
        {
            events.Record(db, new ImpersonationStarted(own.UserId, person.Id, session.Id, reason, session.ExpiresAt));
            mails.Add(db, http, new MailRecipient(person.Email, person.EmailConfirmed, person.Locale), "impersonation", ("reason", reason), ("until", session.ExpiresAt.UtcDateTime.ToString("HH:mm 'UTC'", CultureInfo.InvariantCulture)));
        }, ct);
        return (null, begun is null ? "You have just begun to act for somebody in another window" : null);
    }

    /// <summary>Nobody gets more than they have this way, and nobody hides behind another administrator.</summary>
    private async Task<string?> RefusalAsync(Guid actor, User person, CancellationToken ct)
    {
        if (person.Id == actor)
            return "This is you";
        if (person.ServiceSince is not null)
            return "This is the account of a program, and nobody signs in as one";
        if (person.DisabledAt is not null)
            return "This account is switched off";
        foreach (var users in leaving.Select(room => room.Users(db)))
            if (await users.ContainsAsync(person.Id, ct))
                return "This account is closed";
        if ((await roles.HeldByAsync(person.Id, ct)).Any(role => role.Permissions.Exists(Permission.IsAdministrative)))
            return "This person is an administrator, too, and acts in their own name only";
        return await held.RefuseAboveAsync(actor, person.Id, ct) is null ? null : "This person may do things that you may not";
    }
}
