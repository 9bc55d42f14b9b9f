using IdentityProvider.Clients;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.ClientRegistration;

/// <summary>Lets clients register, a few times (RFC 7591 section 3). An administrator gives it to whoever may bring clients.</summary>
internal sealed class InitialAccessToken
{
    public Guid Id { get; set; }

    /// <summary>SHA-256 of its 256 bits.</summary>
    public required string TokenHash { get; set; }

    /// <summary>Whom it was made for.</summary>
    public required string Name { get; set; }

    public int UsesLeft { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<InitialAccessToken>
    {
        public void Configure(EntityTypeBuilder<InitialAccessToken> builder)
        {
            builder.ToTable("InitialAccessTokens");
            builder.Property(t => t.TokenHash).HasMaxLength(64);
            builder.Property(t => t.Name).HasMaxLength(100);
            builder.HasIndex(t => t.TokenHash).IsUnique();
            builder.HasIndex(t => t.ExpiresAt);
        }
    }
}

/// <summary>A client registered itself, and manages itself with a token of its own (RFC 7592).</summary>
internal sealed class RegisteredClient
{
    public Guid ClientId { get; set; }

    /// <summary>SHA-256 of its registration access token; another one after each change.</summary>
    public required string TokenHash { get; set; }

    /// <summary>What it registered with; null when that is forgotten.</summary>
    public Guid? InitialTokenId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<RegisteredClient>
    {
        public void Configure(EntityTypeBuilder<RegisteredClient> builder)
        {
            builder.ToTable("RegisteredClients");
            builder.HasKey(r => r.ClientId);
            builder.Property(r => r.TokenHash).HasMaxLength(64);
            builder.HasIndex(r => r.UpdatedAt);
            builder.HasOne<Client>().WithOne().HasForeignKey<RegisteredClient>(r => r.ClientId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
