using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Mfa.Admin;

/// <summary>An administrator takes away the second factors of somebody who lost them; the page and the API do it alike.</summary>
internal sealed class FactorsResetting(Store db, HeldByCaller held, FactorReset reset)
{
    /// <returns>Null when they are gone.</returns>
    public async Task<IResult?> ResetAsync(Guid actor, Guid sub, FactorsResetInput input, CancellationToken ct)
    {
        if (!await db.Set<User>().AnyAsync(user => user.Id == sub, ct))
            return Refusals.Missing("person");
        if (await held.RefuseAboveAsync(actor, sub, ct) is { } above)
            return above;
        return await reset.RunAsync(sub, $"{input.Reason} (by {actor})", ct)
            ? null
            : Refusals.Conflict("Nothing was done: they have no password, so a passkey is their only way in. Let them choose a password first.");
    }
}
