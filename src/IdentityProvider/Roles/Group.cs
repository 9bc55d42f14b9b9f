using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Roles;

/// <summary>People, and other groups, who hold roles together.</summary>
internal sealed class Group
{
    public Guid Id { get; set; }
    public required string Name { get; set; }
    public string? Description { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<Group>
    {
        public void Configure(EntityTypeBuilder<Group> builder)
        {
            builder.ToTable("Groups");
            builder.Property(g => g.Name).HasMaxLength(100);
            builder.Property(g => g.Description).HasMaxLength(200);
            builder.HasIndex(g => g.Name).IsUnique();
        }
    }
}

/// <summary>A user is a member of a group.</summary>
internal sealed class GroupMember
{
    public Guid UserId { get; set; }
    public Guid GroupId { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<GroupMember>
    {
        public void Configure(EntityTypeBuilder<GroupMember> builder)
        {
            builder.ToTable("GroupMembers");
            builder.HasKey(m => new { m.UserId, m.GroupId });
            builder.HasOne<User>().WithMany().HasForeignKey(m => m.UserId);
            builder.HasOne<Group>().WithMany().HasForeignKey(m => m.GroupId);
        }
    }
}

/// <summary>A group carries a role: every member holds it, and every member of the groups in it.</summary>
internal sealed class GroupRole
{
    public Guid GroupId { get; set; }
    public Guid RoleId { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<GroupRole>
    {
        public void Configure(EntityTypeBuilder<GroupRole> builder)
        {
            builder.ToTable("GroupRoles");
            builder.HasKey(r => new { r.GroupId, r.RoleId });
            builder.HasOne<Group>().WithMany().HasForeignKey(r => r.GroupId);
            builder.HasOne<Role>().WithMany().HasForeignKey(r => r.RoleId);
        }
    }
}

/// <summary>
/// The members of the inner group are members of the outer one too. All such pairs are stored, each group with itself, so that who holds what
/// is one query however deep the groups lie; a distance of 1 is one that somebody made, the others follow (<see cref="GroupNesting"/>).
/// </summary>
internal sealed class GroupPath
{
    public Guid InnerId { get; set; }
    public Guid OuterId { get; set; }

    /// <summary>The shortest way from the one to the other; 0 from a group to itself.</summary>
    public int Distance { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<GroupPath>
    {
        public void Configure(EntityTypeBuilder<GroupPath> builder)
        {
            builder.ToTable("GroupPaths");
            builder.HasKey(p => new { p.InnerId, p.OuterId });
            builder.HasOne<Group>().WithMany().HasForeignKey(p => p.OuterId);

            // SQL Server has no second cascade to a table: who deletes a group takes it out of the others first.
            builder.HasOne<Group>().WithMany().HasForeignKey(p => p.InnerId).OnDelete(DeleteBehavior.NoAction);
        }
    }
}
