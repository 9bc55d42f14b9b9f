using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Clients;

/// <summary>The end of a client, whoever ends it.</summary>
internal static class ClientRemoval
{
    /// <summary>With everything it was given: its grants and tokens end, what people allowed it is forgotten. Joins the caller's transaction.</summary>
    /// <returns>False when somebody changed it meanwhile; the caller then gives the transaction up.</returns>
    public static async Task<bool> RemoveClientAsync(this Store db, Client client, CancellationToken ct)
    {
        var grants = db.Set<Grant>().Where(grant => grant.Application!.Id == client.Id);
        await db.RevokeGrantsAsync(grants, ct);
        await db.Set<Token>().Where(token => token.Application!.Id == client.Id).ExecuteDeleteAsync(ct);

        // The rows stay without their client for as long as other nodes learn from them what was revoked.
        await grants.ExecuteUpdateAsync(set => set.SetProperty(grant => EF.Property<Guid?>(grant, "ApplicationId"), (Guid?)null), ct);
        return await db.Set<Client>().Where(row => row.Id == client.Id && row.ConcurrencyToken == client.ConcurrencyToken).ExecuteDeleteAsync(ct) > 0;
    }
}
