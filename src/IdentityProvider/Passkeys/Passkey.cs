using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Passkeys;

/// <summary>A credential record (WebAuthn Level 3 section 4): the public half of a key pair that somebody's authenticator holds.</summary>
internal sealed class Passkey
{
    /// <summary>More than one person needs; a limit on what one account can store.</summary>
    public const int MaxPerUser = 20;

    /// <summary>The bytes of a credential id at most (WebAuthn Level 3 section 4).</summary>
    public const int MaxCredentialId = 1023;

    /// <summary>A COSE key; the largest that is allowed, RSA of 8192 bits, takes about half.</summary>
    public const int MaxPublicKey = 2048;

    public const int MaxName = 100;

    public Guid Id { get; set; }
    public Guid UserId { get; set; }

    /// <summary>Chosen by the authenticator; one of all people's, so that nobody registers another's.</summary>
    public required byte[] CredentialId { get; set; }

    public required byte[] PublicKey { get; set; }

    /// <summary>The highest count the authenticator has shown; zero from those that do not count.</summary>
    public long SignCount { get; set; }

    /// <summary>How browsers reach the authenticator, separated by spaces.</summary>
    public string? Transports { get; set; }

    /// <summary>The person was verified (PIN, finger, face) at registration.</summary>
    public bool UserVerified { get; set; }

    /// <summary>
    /// The browser made it by itself beside a password (conditional create), and nobody has used it yet. Its owner may not know of it,
    /// so it signs in, but is not demanded after a password.
    /// </summary>
    public bool Unasked { get; set; }

    /// <summary>It may be copied to other devices. Never changes.</summary>
    public bool BackupEligible { get; set; }

    /// <summary>It has been copied, by what the authenticator said last.</summary>
    public bool BackedUp { get; set; }

    /// <summary>The make of the authenticator; all zero when it does not say.</summary>
    public Guid Aaguid { get; set; }

    /// <summary>What its owner calls it.</summary>
    public required string Name { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? LastUsedAt { get; set; }

    /// <summary>RFC 8176: a key that never leaves its device is proof of hardware, one that travels of software.</summary>
    public string Method => BackupEligible ? "swk" : "hwk";

    internal sealed class Table : IEntityTypeConfiguration<Passkey>
    {
        public void Configure(EntityTypeBuilder<Passkey> builder)
        {
            builder.ToTable("Passkeys");
            builder.Property(p => p.CredentialId).HasMaxLength(MaxCredentialId);
            builder.Property(p => p.PublicKey).HasMaxLength(MaxPublicKey);
            builder.Property(p => p.Transports).HasMaxLength(100);
            builder.Property(p => p.Name).HasMaxLength(MaxName);
            builder.HasIndex(p => p.CredentialId).IsUnique();
            builder.HasOne<User>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
            builder.Ignore(p => p.Method);
        }
    }
}
