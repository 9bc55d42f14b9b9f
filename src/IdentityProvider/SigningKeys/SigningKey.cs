using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.SigningKeys;

/// <summary>A key pair that signs tokens: published first, used later, kept until the last token it signed is dead.</summary>
internal sealed class SigningKey
{
    public Guid Id { get; set; }

    /// <summary>The <c>kid</c>: the key's RFC 7638 thumbprint.</summary>
    public required string KeyId { get; set; }

    /// <summary>RS256, PS256 or ES256 (RFC 7518).</summary>
    public required string Algorithm { get; set; }

    /// <summary>PKCS#8, encrypted under the master key.</summary>
    public required string ProtectedPrivateKey { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>From here on it signs, if it is the newest of its algorithm that may.</summary>
    public DateTimeOffset ActivatesAt { get; set; }

    /// <summary>From here on it signs nothing more; a successor is active.</summary>
    public DateTimeOffset RetiresAt { get; set; }

    /// <summary>From here on it is no longer published.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<SigningKey>
    {
        public void Configure(EntityTypeBuilder<SigningKey> builder)
        {
            builder.ToTable("SigningKeys");
            builder.Property(k => k.KeyId).HasMaxLength(64);
            builder.Property(k => k.Algorithm).HasMaxLength(10);
            builder.Property(k => k.ProtectedPrivateKey).HasMaxLength(-1);
            builder.HasIndex(k => k.KeyId).IsUnique();
        }
    }
}
