using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Clients;

/// <summary>A JWT access token that was taken back by itself (RFC 7009): it has no row, so this one stands for it until it would have expired.</summary>
internal sealed class RevokedToken
{
    public Guid Id { get; set; }
    public DateTimeOffset RevokedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>The first half of the SHA-256 of the token's <c>jti</c>.</summary>
    public static Guid IdOf(string jti) => new(SHA256.HashData(Encoding.UTF8.GetBytes(jti)).AsSpan(0, 16));

    internal sealed class Table : IEntityTypeConfiguration<RevokedToken>
    {
        public void Configure(EntityTypeBuilder<RevokedToken> builder)
        {
            builder.ToTable("RevokedTokens");
            builder.Property(t => t.Id).ValueGeneratedNever();
            builder.HasIndex(t => t.RevokedAt);
            builder.HasIndex(t => t.ExpiresAt);
        }
    }
}
