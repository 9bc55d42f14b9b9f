using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Platform.Limits;

/// <summary>What one key used in one window.</summary>
internal sealed class RateCounter
{
    /// <summary>SHA-256 of policy and key.</summary>
    public required string Key { get; set; }

    /// <summary>The window's number since the beginning of time.</summary>
    public long Window { get; set; }

    public int Count { get; set; }

    /// <summary>From here on neither this window nor the next needs it.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<RateCounter>
    {
        public void Configure(EntityTypeBuilder<RateCounter> builder)
        {
            builder.ToTable("RateCounters");
            builder.HasKey(c => new { c.Key, c.Window });
            builder.Property(c => c.Key).HasMaxLength(64);
            builder.HasIndex(c => c.ExpiresAt);
        }
    }
}
