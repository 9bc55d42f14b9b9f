using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.PersonalData.Admin;

/// <summary>An administrator brings about the end of an account, or takes it back; the page and the API do it alike.</summary>
internal sealed class DeletionAdministration(Store db, HeldByCaller held, Deletions deletions)
{
    public async Task<(Deletion? Deletion, IResult? Refused)> DeleteAsync(Guid actor, Guid sub, bool immediately, CancellationToken ct)
    {
        if (await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(user => user.Id == sub && user.ServiceSince == null, ct) is not { } user)
            return (null, Refusals.Missing("person"));
        if (await held.RefuseAboveAsync(actor, sub, ct) is { } above)
            return (null, above);
        return await deletions.RequestAsync(user, ct, immediately, new DeletionAdministered(actor, sub, immediately ? "removed" : "closed")) is { } deletion
            ? (deletion, null)
            : (null, Refusals.Conflict("This would leave nobody who holds the role admin and can sign in. Give it to somebody else first."));
    }

    /// <returns>Null when the person stays after all.</returns>
    public async Task<IResult?> RestoreAsync(Guid actor, Guid sub, CancellationToken ct)
    {
        if (await held.RefuseAboveAsync(actor, sub, ct) is { } above)
            return above;
        return await deletions.UndoAsync(sub, ct, new DeletionAdministered(actor, sub, "restored")) ? null : Refusals.Missing("closed account");
    }
}

internal sealed record DeletionAdministered(Guid Actor, Guid UserId, string What) : IEvent
{
    public string Name => $"account.{What}_by_administrator";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId)];
}
