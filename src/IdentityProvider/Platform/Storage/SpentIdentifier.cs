using IdentityProvider.Platform.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Platform.Storage;

/// <summary>
/// An identifier that must not be taken again before it expires: the jti of a client assertion or of a revoked access token, a
/// solved challenge. The primary key decides between two nodes that see it at once.
/// </summary>
internal sealed class SpentIdentifier
{
    /// <summary>SHA-256 of kind, owner and identifier.</summary>
    public required string Id { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public static string KeyOf(string kind, string owner, string identifier) => Handle.Hash($"{kind}\n{owner}\n{identifier}");

    /// <summary>True for the first one to spend it, on all nodes.</summary>
    public static Task<bool> TrySpendAsync(Store db, string key, DateTimeOffset expiresAt, CancellationToken ct) =>
        db.TryAddAsync(new SpentIdentifier { Id = key, ExpiresAt = expiresAt }, ct);

    internal sealed class Table : IEntityTypeConfiguration<SpentIdentifier>
    {
        public void Configure(EntityTypeBuilder<SpentIdentifier> builder)
        {
            builder.ToTable("SpentIdentifiers");
            builder.Property(s => s.Id).HasMaxLength(64).ValueGeneratedNever();
            builder.HasIndex(s => s.ExpiresAt);
        }
    }
}
