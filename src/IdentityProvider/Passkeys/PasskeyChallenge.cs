using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Passkeys;

/// <summary>What an answer is for. A challenge for one is none for another.</summary>
internal enum Purpose
{
    Register,
    SignIn,

    /// <summary>After a first factor, by somebody known: that they have the key is enough.</summary>
    SecondFactor,

    /// <summary>The same where the request wants more: the key has to make sure of its person.</summary>
    VerifiedFactor,
}

/// <summary>A question to an authenticator that waits for its answer.</summary>
internal sealed class PasskeyChallenge
{
    /// <summary>SHA-256 of the handle the page carries.</summary>
    public required string HandleHash { get; set; }

    /// <summary>SHA-256 of the cookie of the browser that was asked.</summary>
    public required string BrowserHash { get; set; }

    public required string Purpose { get; set; }

    /// <summary>Who was asked; null where anybody may answer.</summary>
    public Guid? UserId { get; set; }

    /// <summary>What the verifier needs to know again: the challenge and for whom, as JSON.</summary>
    public required string State { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<PasskeyChallenge>
    {
        public void Configure(EntityTypeBuilder<PasskeyChallenge> builder)
        {
            builder.ToTable("PasskeyChallenges");
            builder.HasKey(c => c.HandleHash);
            builder.Property(c => c.HandleHash).HasMaxLength(64);
            builder.Property(c => c.BrowserHash).HasMaxLength(64);
            builder.Property(c => c.Purpose).HasMaxLength(20);

            // Two names of 256 characters, each of which JSON may write as six.
            builder.Property(c => c.State).HasMaxLength(4000);
            builder.HasIndex(c => c.ExpiresAt);
        }
    }
}
