using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Federation;

/// <summary>
/// Somebody proved an account elsewhere that bears the address of an account here, and has still to prove this one. Only the
/// browser of the first proof holds the handle, for a quarter of an hour.
/// </summary>
internal sealed class PendingLink
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    public Guid Id { get; set; }

    /// <summary>SHA-256 of the cookie's value.</summary>
    public required string HandleHash { get; set; }

    public Guid UserId { get; set; }
    public Guid ProviderId { get; set; }
    public required string Issuer { get; set; }
    public required string Subject { get; set; }

    /// <summary>The address, as the provider proved it.</summary>
    public required string Email { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<PendingLink>
    {
        public void Configure(EntityTypeBuilder<PendingLink> builder)
        {
            builder.ToTable("PendingLinks");
            builder.Property(l => l.HandleHash).HasMaxLength(64);
            builder.Property(l => l.Issuer).HasMaxLength(UpstreamProvider.MaxIssuer);
            builder.Property(l => l.Subject).HasMaxLength(ExternalLogin.MaxSubject);
            builder.Property(l => l.Email).HasMaxLength(254);
            builder.HasIndex(l => l.HandleHash).IsUnique();
            builder.HasIndex(l => l.ExpiresAt);
            builder.HasOne<User>().WithMany().HasForeignKey(l => l.UserId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<UpstreamProvider>().WithMany().HasForeignKey(l => l.ProviderId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
