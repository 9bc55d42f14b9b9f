using System.Globalization;
using IdentityProvider.Email;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.People;

/// <summary>An administrator adds and changes people, who keep their password and factors to themselves.</summary>
internal sealed class UserChanges(Store db, RightsChange change, SessionStore sessions, MailOutbox outbox, Lockout lockout, EventLog events, TimeProvider clock)
{
    public static string TagOf(User user) => $"\"{user.ConcurrencyStamp}\"";

    public async Task<(User? User, IResult? Refused)> AddAsync(Guid actor, UserInput input, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var user = new User { Id = Guid.CreateVersion7(now), CreatedAt = now, UpdatedAt = now, LockoutEnabled = true, SecurityStamp = Handle.Create() };
        input.WriteTo(user, now);
        var refused = await change.RunAsync(actor, Permission.ManageUsers, async _ =>
        {
            if (await TakenAsync(user, ct) is { } taken)
                return taken;
            db.Add(user);
            events.Record(db, new UserAdministered(actor, user.Id, "created", ""));
            return null;
        }, ct);
        return (user, refused);
    }

    public async Task<(User? User, IResult? Refused)> ChangeAsync(Guid actor, Guid sub, UserInput input, Func<string, IResult?> stale, CancellationToken ct)
    {
        User? user = null;
        var refused = await change.OfPersonAsync(actor, sub, async () =>
        {
            user = await db.Set<User>().FirstOrDefaultAsync(row => row.Id == sub && row.ServiceSince == null, ct);
            if (user is null)
                return Refusals.Missing("person");
            if (stale(TagOf(user)) is { } lost)
                return lost;
            var (address, proven, wasDisabled) = (user.Email, user.EmailConfirmed, user.DisabledAt is not null);
            input.WriteTo(user, clock.GetUtcNow());
            if (await TakenAsync(user, ct) is { } taken)
                return taken;
            string[] changed = [.. db.Entry(user).Properties.Where(property => property.IsModified).Select(property => property.Metadata.Name)];
            if (changed.Length == 0)
                return null;
            events.Record(db, new UserAdministered(actor, sub, "changed", string.Join(' ', changed)));
            (user.UpdatedAt, user.ConcurrencyStamp) = (clock.GetUtcNow(), Guid.CreateVersion7().ToString());

            // Who had the address until now hears of it: an address is a way into the account.
            if (address is not null && proven && user.Email != address && EmailAddress.IsValid(address))
                Tell(address, user.Locale);
            await db.SaveChangesAsync(ct);
            if (user.DisabledAt is not null && !wasDisabled)
                await sessions.EndAllAsync(sub, except: null, "disabled", ct);
            return null;
        }, ct);
        return (user, refused);
    }

    /// <summary>Lets somebody try again whom wrong passwords have locked out.</summary>
    /// <returns>Null when they can.</returns>
    public async Task<IResult?> UnlockAsync(Guid actor, Guid sub, CancellationToken ct)
    {
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == sub && user.ServiceSince == null, ct) is not { } user)
            return Refusals.Missing("person");

        // The counter has a connection of its own; the record comes first, so that nobody is let in without one.
        events.Record(db, new UserAdministered(actor, sub, "unlocked", ""));
        await db.SaveChangesAsync(ct);
        await lockout.SucceededAsync(Lockout.KeyFor(user, ""), ct);
        return null;
    }

    private void Tell(string address, string? language) => outbox.Add(db, new MailMessage(
        "address-changed-by-administrator", address, language, new Dictionary<string, string> { ["time"] = clock.GetUtcNow().UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture) }));

    /// <summary>By which a birthdate is in the past.</summary>
    public DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    /// <summary>User names and addresses are one set: both are typed into the same field. Of addresses that look alike one has an account.</summary>
    private async Task<IResult?> TakenAsync(User user, CancellationToken ct)
    {
        string[] names = [.. new[] { user.NormalizedUserName, user.NormalizedEmail }.OfType<string>()];
        var taken = await db.Set<User>().AnyAsync(other => other.Id != user.Id
            && (names.Contains(other.NormalizedUserName) || names.Contains(other.NormalizedEmail) || (user.EmailLikeness != null && other.EmailLikeness == user.EmailLikeness)), ct);
        return taken ? Refusals.Conflict("The user name or address is somebody else's, or looks like theirs. Choose another.") : null;
    }
}

/// <param name="Actor">Who did it.</param>
/// <param name="UserId">Whom.</param>
/// <param name="What">created, changed or unlocked.</param>
/// <param name="Changed">Which facts; never what they say.</param>
internal sealed record UserAdministered(Guid Actor, Guid UserId, string What, string Changed) : IEvent
{
    public string Name => $"users.{What}_by_administrator";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId), new("changed", Changed)];
}
