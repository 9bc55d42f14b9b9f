using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.ApiKeys;

/// <summary>A secret that a person's own programs send in place of an access token. It allows what it was made for and its owner still may.</summary>
internal sealed class ApiKey
{
    public Guid Id { get; set; }
    public Guid UserId { get; set; }
    public required string Name { get; set; }

    /// <summary>SHA-256 of the whole secret, in hex. 256 random bits need no slow hash.</summary>
    public required string KeyHash { get; set; }

    /// <summary>What lists show of the secret: its prefix and its last four digits.</summary>
    public required string Shown { get; set; }

    public List<string> Scopes { get; set; } = [];

    /// <summary>At most what the owner held when it was made; at each use, what of it the owner holds still.</summary>
    public List<string> Permissions { get; set; } = [];

    /// <summary>Networks in CIDR notation that may send it; empty: all.</summary>
    public List<string> Networks { get; set; } = [];

    public int RequestsPerMinute { get; set; }

    /// <summary>Requests in one calendar month (UTC); null: no quota.</summary>
    public int? MonthlyQuota { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset ExpiresAt { get; set; }
    public DateTimeOffset? LastUsedAt { get; set; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>When its owner was told that it ends soon.</summary>
    public DateTimeOffset? WarnedAt { get; set; }

    /// <summary>The key that replaced this one; until <see cref="ExpiresAt"/> both work.</summary>
    public Guid? SuccessorId { get; set; }

    public bool IsLive(DateTimeOffset now) => RevokedAt is null && ExpiresAt > now;

    internal sealed class Table : IEntityTypeConfiguration<ApiKey>
    {
        public void Configure(EntityTypeBuilder<ApiKey> builder)
        {
            builder.ToTable("ApiKeys");
            builder.Property(k => k.Name).HasMaxLength(ApiKeyRules.MaxName);
            builder.Property(k => k.KeyHash).HasMaxLength(64);
            builder.Property(k => k.Shown).HasMaxLength(20);
            builder.PrimitiveCollection(k => k.Scopes).HasMaxLength(-1);
            builder.PrimitiveCollection(k => k.Permissions).HasMaxLength(-1);
            builder.PrimitiveCollection(k => k.Networks).HasMaxLength(-1);
            builder.HasIndex(k => k.KeyHash).IsUnique();
            builder.HasIndex(k => k.ExpiresAt);
            builder.HasOne<User>().WithMany().HasForeignKey(k => k.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>How often a key with a quota was used in a month.</summary>
internal sealed class ApiKeyMonth
{
    public Guid ApiKeyId { get; set; }

    /// <summary>Months since year 0, in UTC.</summary>
    public int Month { get; set; }

    public int Count { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<ApiKeyMonth>
    {
        public void Configure(EntityTypeBuilder<ApiKeyMonth> builder)
        {
            builder.ToTable("ApiKeyMonths");
            builder.HasKey(m => new { m.ApiKeyId, m.Month });
            builder.HasOne<ApiKey>().WithMany().HasForeignKey(m => m.ApiKeyId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>One use of a key, or a try that was refused.</summary>
internal sealed class ApiKeyUse
{
    public Guid Id { get; set; }

    /// <summary>Without a key to its table: what was done with a key is kept when the key itself is gone.</summary>
    public Guid ApiKeyId { get; set; }

    public Guid UserId { get; set; }
    public DateTimeOffset At { get; set; }
    public required string Address { get; set; }

    /// <summary>The endpoint of ours, or the client that asked about it.</summary>
    public required string Route { get; set; }

    /// <summary>Null when it was let through.</summary>
    public string? Refusal { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<ApiKeyUse>
    {
        public void Configure(EntityTypeBuilder<ApiKeyUse> builder)
        {
            builder.ToTable("ApiKeyUses");
            builder.Property(u => u.Address).HasMaxLength(64);
            builder.Property(u => u.Route).HasMaxLength(200);
            builder.Property(u => u.Refusal).HasMaxLength(20);
            builder.HasIndex(u => new { u.ApiKeyId, u.At });
            builder.HasIndex(u => u.At);
            builder.HasOne<User>().WithMany().HasForeignKey(u => u.UserId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
