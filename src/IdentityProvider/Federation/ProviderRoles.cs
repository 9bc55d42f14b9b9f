using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.UpstreamProviders;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Federation;

/// <summary>
/// Roles that follow from a provider's word: given when it says what a rule asks for, taken away when it no longer does. A role that
/// somebody gave is neither touched nor marked, so that it stays.
/// </summary>
internal sealed class ProviderRoles(Store db, EventLog events)
{
    /// <summary>Joins what is saved next.</summary>
    public async Task FollowAsync(KnownProvider provider, UpstreamIdentity who, Guid userId, CancellationToken ct)
    {
        var held = await db.Set<UserRole>().Where(r => r.UserId == userId).ToListAsync(ct);
        if (who.Roles.Count == 0 && held.TrueForAll(r => r.ProviderId != provider.Row.Id))
            return;
        var roles = await db.Set<Role>().Where(r => who.Roles.Contains(r.Name)).Select(r => r.Id).ToListAsync(ct);
        var gone = held.Where(r => r.ProviderId == provider.Row.Id && !roles.Contains(r.RoleId)).ToList();
        var given = roles.Where(id => held.TrueForAll(r => r.RoleId != id)).Select(id => new UserRole { UserId = userId, RoleId = id, ProviderId = provider.Row.Id }).ToList();
        db.RemoveRange(gone);
        db.AddRange(given);
        if (gone.Count + given.Count > 0)
            events.Record(db, new RolesFollowed(userId, provider.Row.Name, given.Count, gone.Count));
    }

    /// <summary>A provider that is deleted takes the roles along that followed from it.</summary>
    internal sealed class Link : IEntityTypeConfiguration<UserRole>
    {
        public void Configure(EntityTypeBuilder<UserRole> builder) =>
            builder.HasOne<UpstreamProvider>().WithMany().HasForeignKey(r => r.ProviderId).OnDelete(DeleteBehavior.Cascade);
    }
}
