using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Audit;

/// <summary>
/// The chain up to here, signed with a key that is not in the database. The newest one always stands at the end of the chain, so that a tail that was
/// cut off is missed; one in so many is kept for good.
/// </summary>
internal sealed class AuditCheckpoint
{
    /// <summary>The last record it speaks for.</summary>
    public long Sequence { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>Of that record.</summary>
    public required string Hash { get; set; }

    /// <summary>The records up to here are in an archive, and the chain of the database begins behind it.</summary>
    public bool Archived { get; set; }

    /// <summary>Not only until the next one.</summary>
    public bool Kept { get; set; }

    /// <summary>ES256 over the above, but for <see cref="Kept"/>.</summary>
    public required string Signature { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<AuditCheckpoint>
    {
        public void Configure(EntityTypeBuilder<AuditCheckpoint> builder)
        {
            builder.ToTable("AuditCheckpoints");
            builder.HasKey(c => c.Sequence);
            builder.Property(c => c.Sequence).ValueGeneratedNever();
            builder.Property(c => c.Hash).HasMaxLength(64);
            builder.Property(c => c.Signature).HasMaxLength(128);
        }
    }
}
