using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Clients;

/// <summary>One of a client's secrets: several may be valid at once, so that a secret is replaced without an outage.</summary>
internal sealed class ClientSecret
{
    public Guid Id { get; set; }
    public Guid ClientId { get; set; }

    /// <summary>SHA-256 in lower hex. A generated secret has 256 bits: a slow hash would only slow the server.</summary>
    public required string Hash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<ClientSecret>
    {
        public void Configure(EntityTypeBuilder<ClientSecret> builder)
        {
            builder.ToTable("ClientSecrets");
            builder.Property(s => s.Hash).HasMaxLength(64);
            builder.HasIndex(s => s.ExpiresAt);
        }
    }
}
