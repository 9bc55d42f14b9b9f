using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Roles;

/// <summary>A named set of permissions (<c>resource:action[:own|:all]</c>).</summary>
internal sealed class Role
{
    public Guid Id { get; set; }
    public required string Name { get; set; }
    public List<string> Permissions { get; set; } = [];

    internal sealed class Table : IEntityTypeConfiguration<Role>
    {
        public void Configure(EntityTypeBuilder<Role> builder)
        {
            builder.ToTable("Roles");
            builder.Property(r => r.Name).HasMaxLength(100);
            builder.HasIndex(r => r.Name).IsUnique();
            builder.PrimitiveCollection(r => r.Permissions).HasMaxLength(-1);
        }
    }
}

/// <summary>A user holds a role.</summary>
internal sealed class UserRole
{
    public Guid UserId { get; set; }
    public Guid RoleId { get; set; }

    /// <summary>The provider elsewhere by whose rules it was given, and by which it goes again; null: it was given by somebody.</summary>
    public Guid? ProviderId { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<UserRole>
    {
        public void Configure(EntityTypeBuilder<UserRole> builder)
        {
            builder.ToTable("UserRoles");
            builder.HasKey(r => new { r.UserId, r.RoleId });
            builder.HasOne<User>().WithMany().HasForeignKey(r => r.UserId);
            builder.HasOne<Role>().WithMany().HasForeignKey(r => r.RoleId);
        }
    }
}
