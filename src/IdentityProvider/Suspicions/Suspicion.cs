using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Suspicions;

/// <summary>That something was told, so that it is not told again for a while. What it was stands in the audit.</summary>
internal sealed class Suspicion
{
    /// <summary>A hash of what it is and whom it is about.</summary>
    public required string Id { get; set; }

    public DateTimeOffset QuietUntil { get; set; }

    /// <summary>Of many that notice the same at once, on all nodes, one gets true. Belongs into a transaction with what is told.</summary>
    public static async Task<bool> TryTakeAsync(Store db, string what, string about, DateTimeOffset now, DateTimeOffset until, CancellationToken ct)
    {
        var id = Handle.Hash($"{what}\n{about}");
        if (await db.Set<Suspicion>().Where(s => s.Id == id && s.QuietUntil <= now).ExecuteUpdateAsync(set => set.SetProperty(s => s.QuietUntil, until), ct) == 1)
            return true;
        return !await db.Set<Suspicion>().AnyAsync(s => s.Id == id, ct) && await db.TryAddAsync(new Suspicion { Id = id, QuietUntil = until }, ct);
    }

    internal sealed class Table : IEntityTypeConfiguration<Suspicion>
    {
        public void Configure(EntityTypeBuilder<Suspicion> builder)
        {
            builder.ToTable("Suspicions");
            builder.Property(s => s.Id).HasMaxLength(64);
            builder.HasIndex(s => s.QuietUntil);
        }
    }
}
