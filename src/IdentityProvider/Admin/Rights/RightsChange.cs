using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>
/// One change of who may do what, by an administrator: decided by what the actor holds at that moment, one after the other on all nodes, and
/// undone if it left nobody who administers. Of two last administrators who take the role from each other the second is refused.
/// </summary>
internal sealed class RightsChange(Store db, UserRoles roles, Administrators administrators)
{
    /// <param name="actor">Who does it.</param>
    /// <param name="work">The change, tracked or done; or why it is not made.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="permission">What the actor must hold still.</param>
    /// <returns>Null when it is done.</returns>
    public async Task<IResult?> RunAsync(Guid actor, Func<HeldRights, Task<IResult?>> work, CancellationToken ct, string permission = Permission.ManageRoles)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await RoleLock.TakeAsync(db, ct);
        var held = new HeldRights([.. (await roles.HeldByAsync(actor, ct)).SelectMany(role => role.Permissions)]);
        if (held.Refuse([permission]) is not null)
            return Refusals.Forbidden($"This needs the permission {permission}.");
        var administered = await administrators.AnyAsync(ct);
        try
        {
            if (await work(held) is { } refused)
                return refused;
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation())
        {
            return Refusals.Conflict("Something else changed it at the same moment. Read it again.");
        }

        if (administered && !await administrators.AnyAsync(ct))
            return Refusals.Conflict("This would leave nobody who holds the role admin and can sign in. Give it to somebody else first.");
        await transaction.CommitAsync(ct);
        return null;
    }

}

/// <summary>What an administrator holds: the most they can give.</summary>
internal sealed class HeldRights(IReadOnlyCollection<string> permissions)
{
    private const int Named = 20;

    /// <summary>Nobody gives what they do not hold.</summary>
    /// <returns>Null when all of it is held; else 403 that names what is not.</returns>
    public IResult? Refuse(IEnumerable<string> wanted)
    {
        var above = wanted.Distinct(StringComparer.Ordinal).Where(want => !permissions.Any(held => Permission.Implies(held, want))).Order(StringComparer.Ordinal).ToList();
        return above.Count == 0 ? null : Refusals.Forbidden($"Nobody gives what they do not hold. You do not hold {string.Join(", ", above.Take(Named))}{(above.Count > Named ? $" and {above.Count - Named} more" : "")}.");
    }

    /// <summary>Roles that are given must be held; of those that are taken away admin must be, so that no lesser administrator pushes a higher one out.</summary>
    public IResult? Refuse(IEnumerable<Role> given, IEnumerable<Role> taken) =>
        Refuse(given.Concat(taken.Where(role => role.Name == SeededRoles.Admin)).SelectMany(role => role.Permissions));
}
