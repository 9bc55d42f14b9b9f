using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Email;

/// <summary>A mail that has to leave. Its row goes with it: codes and links lie here for seconds, and encrypted.</summary>
internal sealed class Mail
{
    /// <summary>Also its Message-ID: a server that got it twice, because we died before we knew, can tell.</summary>
    public Guid Id { get; set; }

    public required string Template { get; set; }

    /// <summary>The <see cref="MailMessage"/> as JSON, under the master key.</summary>
    public required string ProtectedMessage { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it is of no use any more.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When somebody may try. Whoever takes it moves this into the future first, so that nobody else does meanwhile.</summary>
    public DateTimeOffset DueAt { get; set; }

    public int Attempts { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<Mail>
    {
        public void Configure(EntityTypeBuilder<Mail> builder)
        {
            builder.ToTable("Mails");
            builder.Property(m => m.Template).HasMaxLength(50);
            builder.Property(m => m.ProtectedMessage).HasMaxLength(-1);
            builder.HasIndex(m => m.DueAt);
        }
    }
}
