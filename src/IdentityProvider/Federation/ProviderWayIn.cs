using IdentityProvider.Platform.Storage;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Federation;

/// <summary>Accounts elsewhere whose provider is on.</summary>
internal sealed class ProviderWayIn : IWayIn
{
    public Task<int> CountAsync(Store db, Guid userId, CancellationToken ct) =>
        db.Set<ExternalLogin>().CountAsync(l => l.UserId == userId && db.Set<UpstreamProvider>().Any(p => p.Id == l.ProviderId && p.DisabledAt == null), ct);
}
