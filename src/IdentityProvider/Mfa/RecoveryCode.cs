using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Mfa;

/// <summary>One of the codes a person wrote down for the day the other factors are gone.</summary>
internal sealed class RecoveryCode
{
    public Guid Id { get; set; }
    public Guid UserId { get; set; }

    /// <summary>HMAC-SHA256 under a key of the master key: a stolen database says nothing of the codes.</summary>
    public required string CodeHash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? UsedAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<RecoveryCode>
    {
        public void Configure(EntityTypeBuilder<RecoveryCode> builder)
        {
            builder.ToTable("RecoveryCodes");
            builder.Property(c => c.CodeHash).HasMaxLength(64);
            builder.HasIndex(c => new { c.UserId, c.CodeHash }).IsUnique();
            builder.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
