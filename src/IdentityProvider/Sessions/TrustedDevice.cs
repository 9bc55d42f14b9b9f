using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Sessions;

/// <summary>A browser in which a person gave a second factor and asked not to be asked for it again for a while.</summary>
internal sealed class TrustedDevice
{
    public Guid Id { get; set; }
    public Guid UserId { get; set; }

    /// <summary>SHA-256 of the cookie's 256-bit value.</summary>
    public required string HandleHash { get; set; }

    public string? Address { get; set; }
    public string? UserAgent { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset LastUsedAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<TrustedDevice>
    {
        public void Configure(EntityTypeBuilder<TrustedDevice> builder)
        {
            builder.ToTable("TrustedDevices");
            builder.Property(d => d.HandleHash).HasMaxLength(64);
            builder.Property(d => d.Address).HasMaxLength(64);
            builder.Property(d => d.UserAgent).HasMaxLength(256);
            builder.HasIndex(d => d.HandleHash).IsUnique();
            builder.HasIndex(d => d.CreatedAt);
            builder.HasOne<User>().WithMany().HasForeignKey(d => d.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
