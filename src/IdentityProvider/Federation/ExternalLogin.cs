using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Federation;

/// <summary>
/// An account at a provider that opens an account here. The issuer belongs to the key: a provider that is pointed elsewhere must not
/// let in whoever bears the same subject there.
/// </summary>
internal sealed class ExternalLogin
{
    /// <summary>OpenID Connect Core 1.0 section 2: 255 ASCII characters.</summary>
    public const int MaxSubject = 255;

    public Guid Id { get; set; }
    public Guid UserId { get; set; }
    public Guid ProviderId { get; set; }
    public required string Issuer { get; set; }
    public required string Subject { get; set; }

    /// <summary>What the account there was called last, for its owner to know it by. Nothing is found by it.</summary>
    public string? AccountName { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? LastUsedAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<ExternalLogin>
    {
        public void Configure(EntityTypeBuilder<ExternalLogin> builder)
        {
            builder.ToTable("ExternalLogins");
            builder.Property(l => l.Issuer).HasMaxLength(UpstreamProvider.MaxIssuer);
            builder.Property(l => l.Subject).HasMaxLength(MaxSubject);
            builder.Property(l => l.AccountName).HasMaxLength(254);
            builder.HasIndex(l => new { l.ProviderId, l.Issuer, l.Subject }).IsUnique();
            builder.HasOne<User>().WithMany().HasForeignKey(l => l.UserId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<UpstreamProvider>().WithMany().HasForeignKey(l => l.ProviderId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
