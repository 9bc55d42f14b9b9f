using System.Text.Json.Serialization;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Sessions;

/// <summary>A person signed in with one browser. The id is the public <c>sid</c>; the cookie holds another, secret value.</summary>
internal sealed class Session
{
    public static readonly DateTimeOffset Never = DateTimeOffset.UnixEpoch;

    /// <summary>How long the reason may be.</summary>
    public const int MaxReason = 200;

    public Guid Id { get; set; }

    /// <summary>SHA-256 of the cookie's 256-bit value.</summary>
    public required string HandleHash { get; set; }

    public Guid UserId { get; set; }

    [JsonIgnore]
    public User User { get; set; } = null!;

    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset LastSeenAt { get; set; }

    /// <summary>
    /// When the person last proved a first factor, here or at the provider who sent them: the fact behind auth_time, prompt=login and max_age.
    /// <see cref="Never"/> where somebody acts for them, so that nothing that wants a fresh sign-in is content.
    /// </summary>
    public DateTimeOffset AuthenticatedAt { get; set; }

    /// <summary>
    /// When the sign-in was complete: with the first factor alone where no second is due, else with the second. Until then the
    /// session has only begun, and nothing but the pages that complete it finds it.
    /// </summary>
    public DateTimeOffset? CompletedAt { get; set; }

    /// <summary>When the person last chose this account: the fact behind prompt=select_account.</summary>
    public DateTimeOffset ConfirmedAt { get; set; }

    /// <summary>End of life when idle; moves forward with use, never beyond <see cref="ExpiresAt"/>.</summary>
    public DateTimeOffset IdleExpiresAt { get; set; }

    /// <summary>End of life whatever happens.</summary>
    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>The administrator who acts for the person in it; null: the person is here themselves.</summary>
    public Guid? ActorId { get; set; }

    /// <summary>The administrator's own session, of which this one came and with which it ends.</summary>
    public Guid? ActorSessionId { get; set; }

    /// <summary>Why they act for the person, in their words.</summary>
    public string? ActorReason { get; set; }

    /// <summary>"Stay signed in" was ticked: the cookie outlives the browser.</summary>
    public bool Persistent { get; set; }

    public string? Address { get; set; }
    public string? UserAgent { get; set; }
    public List<Factor> Factors { get; set; } = [];

    /// <summary>More than one kind of proof was given since the person last signed in (RFC 8176 section 2: mfa).</summary>
    public bool IsMultiFactor => Factors.Count > 1;

    internal sealed class Table : IEntityTypeConfiguration<Session>
    {
        public void Configure(EntityTypeBuilder<Session> builder)
        {
            builder.ToTable("Sessions");
            builder.Property(s => s.HandleHash).HasMaxLength(64);
            builder.Property(s => s.Address).HasMaxLength(64);
            builder.Property(s => s.UserAgent).HasMaxLength(256);
            builder.Property(s => s.ActorReason).HasMaxLength(MaxReason);
            builder.Ignore(s => s.IsMultiFactor);
            builder.HasIndex(s => s.HandleHash).IsUnique();
            builder.HasIndex(s => s.IdleExpiresAt);

            // Nobody acts for two people at once.
            builder.HasIndex(s => s.ActorSessionId).IsUnique();

            // The order of the administrators' list.
            builder.HasIndex(s => new { s.CreatedAt, s.Id });
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

    /// <summary>The name of the provider elsewhere that vouches for it; null for what was proven here.</summary>
    public string? Provider { get; set; }
}
