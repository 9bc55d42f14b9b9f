using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Platform.Http;

/// <summary>A request that was sent under an <c>Idempotency-Key</c>, and how it was answered. The primary key decides between two at once.</summary>
internal sealed class IdempotentRequest
{
    /// <summary>SHA-256 of the caller and the key.</summary>
    public required string Id { get; set; }

    /// <summary>SHA-256 of method, address and body.</summary>
    public required string Fingerprint { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>The answer under Data Protection, for it may hold a secret that is shown once. Null: not answered yet, or nobody knows how it ended.</summary>
    public string? ProtectedAnswer { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<IdempotentRequest>
    {
        public void Configure(EntityTypeBuilder<IdempotentRequest> builder)
        {
            builder.ToTable("IdempotentRequests");
            builder.Property(r => r.Id).HasMaxLength(64).ValueGeneratedNever();
            builder.Property(r => r.Fingerprint).HasMaxLength(64);
            builder.Property(r => r.ProtectedAnswer).HasMaxLength(-1);
            builder.HasIndex(r => r.ExpiresAt);
        }
    }
}
