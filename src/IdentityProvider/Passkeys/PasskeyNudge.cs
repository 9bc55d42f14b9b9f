using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Passkeys;

/// <summary>When somebody was offered a passkey after signing in with a password, and when they wanted no more of it.</summary>
internal sealed class PasskeyNudge
{
    public Guid UserId { get; set; }
    public DateTimeOffset AskedAt { get; set; }

    /// <summary>"Do not ask again."</summary>
    public DateTimeOffset? DeclinedAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<PasskeyNudge>
    {
        public void Configure(EntityTypeBuilder<PasskeyNudge> builder)
        {
            builder.ToTable("PasskeyNudges");
            builder.HasKey(n => n.UserId);
            builder.HasOne<User>().WithOne().HasForeignKey<PasskeyNudge>(n => n.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
