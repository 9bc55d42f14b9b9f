using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Admin.Dashboard;

/// <summary>How far the audit is counted, and the numbers that are counted from time to time. One row.</summary>
internal sealed class DashboardState
{
    public const int Only = 1;

    public int Id { get; set; } = Only;

    /// <summary>The last record that is counted: moved in the transaction of the counts, so that each counts once, whatever dies when.</summary>
    public long Cursor { get; set; }

    /// <summary>When all that was recorded was counted last.</summary>
    public DateTimeOffset CountedAt { get; set; }

    /// <summary>JSON: each <c>Figure</c> by its name.</summary>
    public string Figures { get; set; } = "{}";

    public DateTimeOffset FiguresAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<DashboardState>
    {
        public void Configure(EntityTypeBuilder<DashboardState> builder)
        {
            builder.ToTable("DashboardState");
            builder.Property(s => s.Id).ValueGeneratedNever();
            builder.Property(s => s.Cursor).IsConcurrencyToken();
            builder.Property(s => s.Figures).HasMaxLength(-1);
        }
    }
}
