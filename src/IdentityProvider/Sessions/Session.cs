using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Sessions;

/// <summary>A person signed in with one browser. The id is the public <c>sid</c>; the cookie holds another, secret value.</summary>
internal sealed class Session
{
    public Guid Id { get; set; }

    /// <summary>SHA-256 of the cookie's 256-bit value.</summary>
    public required string HandleHash { get; set; }

    public Guid UserId { get; set; }
    public User User { get; set; } = null!;
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset LastSeenAt { get; set; }

    /// <summary>When the person last proved a first factor here: the fact behind auth_time, prompt=login and max_age.</summary>
    public DateTimeOffset AuthenticatedAt { get; set; }

    /// <summary>When the person last chose this account: the fact behind prompt=select_account.</summary>
    public DateTimeOffset ConfirmedAt { get; set; }

    /// <summary>End of life when idle; moves forward with use.</summary>
    public DateTimeOffset IdleExpiresAt { get; set; }

    /// <summary>End of life whatever happens.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>"Stay signed in" was ticked: the cookie outlives the browser.</summary>
    public bool Persistent { get; set; }

    public string? Address { get; set; }
    public string? UserAgent { get; set; }
    public List<Factor> Factors { get; set; } = [];

    public DateTimeOffset? FactorAt(string method) => Factors.Where(f => f.Method == method).Max(f => (DateTimeOffset?)f.At);

    internal sealed class Table : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> builder)
        {
            builder.ToTable("Sessions");
            builder.Property(s => s.HandleHash).HasMaxLength(64);
            builder.Property(s => s.Address).HasMaxLength(64);
            builder.Property(s => s.UserAgent).HasMaxLength(256);
            builder.HasIndex(s => s.HandleHash).IsUnique();
            builder.HasIndex(s => s.ExpiresAt);
            builder.HasOne(s => s.User).WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
            builder.OwnsMany(s => s.Factors, factors => factors.ToJson());
        }
    }
}

/// <summary>A proof given in this session: an RFC 8176 method and when.</summary>
internal sealed class Factor
{
    public required string Method { get; set; }
    public DateTimeOffset At { get; set; }
}
