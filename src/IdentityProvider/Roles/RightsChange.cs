using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Roles;

/// <summary>
/// One change of who may do what, or of whom, by an administrator: decided by what the actor holds at that moment, one after the other on all
/// nodes, and undone if it left nobody who administers. Of two last administrators who take the role from each other the second is refused.
/// </summary>
internal sealed class RightsChange(Store db, HeldByCaller held, Administrators administrators)
{
    /// <param name="actor">Who does it.</param>
    /// <param name="permission">What it takes.</param>
    /// <param name="work">The change, tracked or done; or why it is not made.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Null when it is done.</returns>
    public async Task<IResult?> RunAsync(Guid actor, string permission, Func<HeldRights, Task<IResult?>> work, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await RoleLock.TakeAsync(db, ct);
        var rights = await held.OfAsync(actor, ct);
        if (rights.Refuse([permission]) is not null)
            return Refusals.Forbidden($"This needs the permission {permission}.");
        var administered = await administrators.AnyAsync(ct);
        try
        {
            if (await work(rights) is { } refused)
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

    public Task<IResult?> RunAsync(Guid actor, Func<HeldRights, Task<IResult?>> work, CancellationToken ct) => RunAsync(actor, Permission.ManageRoles, work, ct);

    /// <summary>The same for a change of a person who holds no more than the actor.</summary>
    public Task<IResult?> OfPersonAsync(Guid actor, Guid person, Func<Task<IResult?>> work, CancellationToken ct) =>
        RunAsync(actor, Permission.ManageUsers, async _ => await held.RefuseAboveAsync(actor, person, ct) ?? await work(), ct);
}
