using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Setup;

/// <summary>How it went: done, not done because the link is good no more, or because a name is somebody's.</summary>
internal enum FirstAdministratorOutcome
{
    Created,
    Over,
    UsernameTaken,
    EmailTaken,
}

/// <summary>
/// There is no default password: whoever reads the log of the server that nobody administers yet makes the first administrator. Each start,
/// on each node, writes a link of its own; the first use, or an administrator from anywhere else, ends them all.
/// </summary>
internal sealed class FirstAdministrator(Store db, CodeStore codes, Passwords passwords, EventLog events, TimeProvider clock, ILogger<FirstAdministrator> logger)
{
    public const string Path = "setup";
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);
    private const string Purpose = "first-administrator";

    /// <summary>Writes the link into the log where there is nobody it would let in.</summary>
    /// <returns>What was written; null where there is an administrator.</returns>
    public async Task<string?> OfferAsync(CancellationToken ct)
    {
        if (!await IsMissingAsync(ct))
            return null;

        // Nobody asked in a browser, and every node's link is good: an owner of its own each.
        var issued = codes.Add(Purpose, Guid.CreateVersion7().ToString("N"), Lifetime, Handle.Create());
        await db.SaveChangesAsync(ct);
        var link = codes.LinkTo(Path, issued.Token);
        logger.LogWarning("Nobody administers this server yet. Open {Link} within {Hours} hours to make the first administrator; it works once. A restart writes a new link.", link, Lifetime.TotalHours);
        return link;
    }

    /// <summary>The link's code, while it is good and there is nobody who administers. Looking uses nothing up.</summary>
    public async Task<FoundCode?> FindAsync(string? token, CancellationToken ct) =>
        await codes.FindByLinkAsync(Purpose, token, null, ct) is { } found && await IsMissingAsync(ct) ? found : null;

    /// <summary>One transaction, behind all other changes of who may do what: of many at once, on all nodes, one makes an administrator.</summary>
    public async Task<FirstAdministratorOutcome> CreateAsync(FoundCode link, string username, string email, string password, CancellationToken ct)
    {
        var hash = await passwords.HashAsync(password, ct);
        var now = clock.GetUtcNow();
        var user = new User
        {
            UserName = username,
            NormalizedUserName = UserNames.Normalize(username),
            Email = email,
            NormalizedEmail = UserNames.Normalize(email),
            PasswordHash = hash,
            LockoutEnabled = true,
            SecurityStamp = Handle.Create(),
            CreatedAt = now,
            UpdatedAt = now,
        };
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await RoleLock.TakeAsync(db, ct);
        if (!await IsMissingAsync(ct) || !await codes.ConsumeAsync(link, ct))
            return FirstAdministratorOutcome.Over;
        if (await TakenAsync(user, ct) is { } taken)
            return taken;
        await codes.EndAllAsync(Purpose, ct);
        db.Add(user);
        db.Add(new UserRole { UserId = user.Id, RoleId = await db.Set<Role>().Where(role => role.Name == SeededRoles.Admin).Select(role => role.Id).SingleAsync(ct) });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException meanwhile) when (meanwhile.IsUniqueViolation())
        {
            // Somebody registered with the name a moment ago; the transaction is given up, and the link is good still.
            return FirstAdministratorOutcome.UsernameTaken;
        }

        await transaction.CommitAsync(ct);
        events.Raise(new FirstAdministratorMade(user.Id));
        return FirstAdministratorOutcome.Created;
    }

    /// <summary>Somebody who holds the role and is disabled is one, too: the log of an old server must not be a way in.</summary>
    private async Task<bool> IsMissingAsync(CancellationToken ct)
    {
        var holders = UserRoles.Holders(db, SeededRoles.Admin);
        return !await db.Set<User>().AnyAsync(user => user.ServiceSince == null && holders.Contains(user.Id), ct);
    }

    private async Task<FirstAdministratorOutcome?> TakenAsync(User user, CancellationToken ct)
    {
        var (name, email, likeness) = (user.NormalizedUserName, user.NormalizedEmail, Likeness.Of(user.NormalizedEmail));
        if (await db.Set<User>().AnyAsync(u => u.NormalizedUserName == name || u.NormalizedEmail == name, ct))
            return FirstAdministratorOutcome.UsernameTaken;
        return await db.Set<User>().AnyAsync(u => u.NormalizedUserName == email || u.EmailLikeness == likeness, ct) ? FirstAdministratorOutcome.EmailTaken : null;
    }
}

/// <summary>The link of the log was used.</summary>
internal sealed record FirstAdministratorMade(Guid UserId) : IEvent
{
    public string Name => "setup.first_administrator_made";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId)];
}
