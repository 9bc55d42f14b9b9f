using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Account;

/// <summary>A person's picture as this server encoded it, never the bytes that were sent.</summary>
internal sealed class Picture
{
    public Guid UserId { get; set; }

    /// <summary>The last part of its address: 256 random bits, new with each picture, so that it can be cached for ever and not be guessed.</summary>
    public required string Name { get; set; }

    public required byte[] Content { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<Picture>
    {
        public void Configure(EntityTypeBuilder<Picture> builder)
        {
            builder.ToTable("Pictures");
            builder.HasKey(p => p.UserId);
            builder.Property(p => p.Name).HasMaxLength(43);
            builder.HasIndex(p => p.Name).IsUnique();
            builder.HasOne<User>().WithOne().HasForeignKey<Picture>(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
