using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Authorize;

/// <summary>
/// A request that waits for its person: the parameters as validated, when it started, and what became of it.
/// Only its handle travels between the pages, so nothing can be swapped on the way and no page takes a return URL.
/// </summary>
internal sealed class StoredRequest
{
    public Guid Id { get; set; }

    /// <summary>SHA-256 of the ticket.</summary>
    public required string HandleHash { get; set; }

    public required string ClientId { get; set; }

    /// <summary>Where it goes on: the authorization endpoint, or the device page.</summary>
    public required string Kind { get; set; }

    /// <summary>The parameters as a JSON object, encrypted under the master key.</summary>
    public required string ProtectedParameters { get; set; }

    public DateTimeOffset StartedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>The OAuth error the person's "no" turned into, if any.</summary>
    public string? Refusal { get; set; }

    /// <summary>Why the last try at another way to sign in failed, in words for the sign-in page.</summary>
    public string? Problem { get; set; }

    /// <summary>It came by PAR (RFC 9126), which some clients require.</summary>
    public bool Pushed { get; set; }

    /// <summary>An answer went to the client.</summary>
    public bool Finished { get; set; }

    public string? Address { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<StoredRequest>
    {
        public void Configure(EntityTypeBuilder<StoredRequest> builder)
        {
            builder.ToTable("StoredRequests");
            builder.Property(r => r.HandleHash).HasMaxLength(64);
            builder.Property(r => r.ClientId).HasMaxLength(100);
            builder.Property(r => r.Kind).HasMaxLength(20);
            builder.Property(r => r.ProtectedParameters).HasMaxLength(-1);
            builder.Property(r => r.Refusal).HasMaxLength(50);
            builder.Property(r => r.Problem).HasMaxLength(400);
            builder.Property(r => r.Address).HasMaxLength(64);
            builder.HasIndex(r => r.HandleHash).IsUnique();
            builder.HasIndex(r => new { r.Address, r.StartedAt });
            builder.HasIndex(r => r.ExpiresAt);
        }
    }
}
