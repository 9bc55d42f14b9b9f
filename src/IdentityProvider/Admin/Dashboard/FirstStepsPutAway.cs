using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Admin.Dashboard;

/// <summary>When an administrator wanted to see no more of the first steps. A matter of what they look at, and no change of the server: not in the audit.</summary>
internal sealed class FirstStepsPutAway
{
    public Guid UserId { get; set; }
    public DateTimeOffset At { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<FirstStepsPutAway>
    {
        public void Configure(EntityTypeBuilder<FirstStepsPutAway> builder)
        {
            builder.ToTable("FirstStepsPutAway");
            builder.HasKey(p => p.UserId);
            builder.HasOne<User>().WithOne().HasForeignKey<FirstStepsPutAway>(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
