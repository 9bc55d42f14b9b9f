using IdentityProvider.Sessions;
using IdentityProvider.UpstreamProviders;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Federation;

/// <summary>The session elsewhere that a session here came from: ended there it ends here, and the other way round.</summary>
internal sealed class UpstreamSession
{
    /// <summary>Longer ones are not kept; the word that the session ended is then heard by its subject alone.</summary>
    public const int MaxSid = 255;

    /// <summary>The session here.</summary>
    public Guid SessionId { get; set; }

    public Guid ProviderId { get; set; }
    public required string Issuer { get; set; }
    public required string Subject { get; set; }

    /// <summary>The session there, where the provider names it.</summary>
    public string? Sid { get; set; }

    /// <summary>The ID token, encrypted under the master key: the hint at sign-out. Kept only for providers that want to hear of it.</summary>
    public string? ProtectedIdToken { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<UpstreamSession>
    {
        public void Configure(EntityTypeBuilder<UpstreamSession> builder)
        {
            builder.ToTable("UpstreamSessions");
            builder.HasKey(s => s.SessionId);
            builder.Property(s => s.SessionId).ValueGeneratedNever();
            builder.Property(s => s.Issuer).HasMaxLength(UpstreamProvider.MaxIssuer);
            builder.Property(s => s.Subject).HasMaxLength(ExternalLogin.MaxSubject);
            builder.Property(s => s.Sid).HasMaxLength(MaxSid);
            builder.Property(s => s.ProtectedIdToken).HasMaxLength(-1);
            builder.HasIndex(s => new { s.ProviderId, s.Subject });
            builder.HasIndex(s => new { s.ProviderId, s.Sid });
            builder.HasOne<Session>().WithOne().HasForeignKey<UpstreamSession>(s => s.SessionId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<UpstreamProvider>().WithMany().HasForeignKey(s => s.ProviderId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
