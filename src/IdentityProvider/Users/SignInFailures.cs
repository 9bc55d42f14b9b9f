using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Users;

/// <summary>The recent attempts on one account or unknown name that have not turned out right.</summary>
internal sealed class SignInFailures
{
    /// <summary>
    /// An HMAC-SHA-256 of account or name under the master key. People type passwords into the name field: not even a
    /// hash that could be tried from a stolen database may tell.
    /// </summary>
    public required string KeyHash { get; set; }

    /// <summary>When, in milliseconds of Unix time, oldest first.</summary>
    public List<long> Attempts { get; set; } = [];

    public DateTimeOffset? LockedUntil { get; set; }

    /// <summary>From here on it counts no more.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Changes with every write: who read an older one reads again.</summary>
    public int Version { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<SignInFailures>
    {
        public void Configure(EntityTypeBuilder<SignInFailures> builder)
        {
            builder.ToTable("SignInFailures");
            builder.HasKey(f => f.KeyHash);
            builder.Property(f => f.KeyHash).HasMaxLength(64);
            builder.PrimitiveCollection(f => f.Attempts).HasMaxLength(1000);
            builder.HasIndex(f => f.ExpiresAt);
        }
    }
}
