using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Mfa;

/// <summary>An authenticator app of a user: it shares a secret with the server and shows time-based codes (RFC 6238).</summary>
internal sealed class Authenticator
{
    public Guid Id { get; set; }
    public Guid UserId { get; set; }

    /// <summary>What its owner calls it.</summary>
    public required string Name { get; set; }

    /// <summary>The shared secret, encrypted under the master key.</summary>
    public required string ProtectedSecret { get; set; }

    /// <summary>The latest 30-second step whose code was taken. None at or before it is taken again (RFC 6238 section 5.2).</summary>
    public long LastStep { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<Authenticator>
    {
        public void Configure(EntityTypeBuilder<Authenticator> builder)
        {
            builder.ToTable("Authenticators");
            builder.Property(a => a.Name).HasMaxLength(100);
            builder.Property(a => a.ProtectedSecret).HasMaxLength(500);
            builder.HasOne<User>().WithMany().HasForeignKey(a => a.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
