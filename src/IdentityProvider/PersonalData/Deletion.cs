using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.PersonalData;

/// <summary>A person asked for the end of their account. The row goes when they change their mind, or with them.</summary>
internal sealed class Deletion
{
    public Guid UserId { get; set; }
    public DateTimeOffset RequestedAt { get; set; }

    /// <summary>From then on the account is removed and nothing undoes it.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>SHA-256 of the 256-bit value in the mailed link that undoes it.</summary>
    public required string UndoHash { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<Deletion>
    {
        public void Configure(EntityTypeBuilder<Deletion> builder)
        {
            builder.ToTable("AccountDeletions");
            builder.HasKey(d => d.UserId);
            builder.Property(d => d.UndoHash).HasMaxLength(64);
            builder.HasIndex(d => d.UndoHash).IsUnique();
            builder.HasIndex(d => d.DueAt);
            builder.HasOne<User>().WithOne().HasForeignKey<Deletion>(d => d.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
