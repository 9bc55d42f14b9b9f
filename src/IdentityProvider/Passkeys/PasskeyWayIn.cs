using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Passkeys;

/// <summary>Passkeys that made sure of their person: a key without PIN or finger is a second factor, and opens nothing alone.</summary>
internal sealed class PasskeyWayIn : IWayIn
{
    public Task<int> CountAsync(Store db, Guid userId, CancellationToken ct) => db.Set<Passkey>().CountAsync(p => p.UserId == userId && p.UserVerified, ct);
}
