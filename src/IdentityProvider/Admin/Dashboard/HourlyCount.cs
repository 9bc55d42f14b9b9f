using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Admin.Dashboard;

/// <summary>How often something is in the audit within one hour of UTC. Made from the audit alone, so it can be made anew.</summary>
internal sealed class HourlyCount
{
    /// <summary>What is counted.</summary>
    public const string Event = "event", SignIn = "sign_in", Method = "method", Client = "client", Error = "error";

    /// <summary>Of a kind in one hour, so many at most; strangers choose some of the keys. What is beyond is counted under this key.</summary>
    public const string Others = "";

    public const int MostKeys = 300;

    /// <summary>Longer than the longest time that is shown.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(32);

    public required string Kind { get; set; }
    public DateTimeOffset Hour { get; set; }
    public required string Key { get; set; }
    public long Count { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<HourlyCount>
    {
        public void Configure(EntityTypeBuilder<HourlyCount> builder)
        {
            builder.ToTable("HourlyCounts");
            builder.HasKey(c => new { c.Kind, c.Hour, c.Key });
            builder.Property(c => c.Kind).HasMaxLength(10);
            builder.Property(c => c.Key).HasMaxLength(200);
            builder.HasIndex(c => c.Hour);
        }
    }
}
