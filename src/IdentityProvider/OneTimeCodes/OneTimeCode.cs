using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.OneTimeCodes;

/// <summary>A link and a short code that mean the same; using either removes the row, so neither is used twice.</summary>
internal sealed class OneTimeCode
{
    public const int MaxAttempts = 5;

    public Guid Id { get; set; }

    /// <summary>What it is good for, and nothing else.</summary>
    public required string Purpose { get; set; }

    /// <summary>Whom it is for: the last two of one owner and purpose are good.</summary>
    public required string Owner { get; set; }

    /// <summary>SHA-256 of the 256 bits in the link.</summary>
    public required string TokenHash { get; set; }

    /// <summary>HMAC of the eight digits under the master key: so few of them can be tried out from a stolen database otherwise (ASVS 6.5.2).</summary>
    public required string CodeHash { get; set; }

    /// <summary>SHA-256 of the value in the cookie of the browser that asked.</summary>
    public required string BrowserHash { get; set; }

    /// <summary>What the room wants to find again, under the master key.</summary>
    public string? ProtectedData { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Codes tried against it.</summary>
    public int Attempts { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<OneTimeCode>
    {
        public void Configure(EntityTypeBuilder<OneTimeCode> builder)
        {
            builder.ToTable("OneTimeCodes");
            builder.Property(c => c.Purpose).HasMaxLength(30);
            builder.Property(c => c.Owner).HasMaxLength(64);
            builder.Property(c => c.TokenHash).HasMaxLength(64);
            builder.Property(c => c.CodeHash).HasMaxLength(64);
            builder.Property(c => c.BrowserHash).HasMaxLength(64);
            builder.Property(c => c.ProtectedData).HasMaxLength(-1);
            builder.HasIndex(c => c.TokenHash).IsUnique();
            builder.HasIndex(c => new { c.Purpose, c.Owner });
            builder.HasIndex(c => new { c.BrowserHash, c.Purpose });
            builder.HasIndex(c => c.ExpiresAt);
        }
    }
}
