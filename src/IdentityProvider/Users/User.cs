using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Users;

/// <summary>A person. Standard claims carry the names of OpenID Connect Core 1.0 section 5.1.</summary>
internal sealed class User : IdentityUser<Guid>
{
    public string? Name { get; set => (field, NormalizedName) = (value, SearchText.Of(value)); }

    /// <summary>The name as it is searched for.</summary>
    public string? NormalizedName { get; private set; }

    public string? GivenName { get; set; }
    public string? FamilyName { get; set; }
    public string? MiddleName { get; set; }
    public string? Nickname { get; set; }
    public string? Profile { get; set; }
    public string? Picture { get; set; }
    public string? Website { get; set; }
    public string? Gender { get; set; }
    public string? Birthdate { get; set; }
    public string? ZoneInfo { get; set; }
    public string? Locale { get; set; }

    /// <summary>The address claim (section 5.1.1) as a JSON object.</summary>
    public string? Address { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When the person made the account by themselves; null where somebody else made it.</summary>
    public DateTimeOffset? RegisteredAt { get; set; }

    /// <summary>Set: signs in nowhere, and whatever was issued to the person is dead.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>
    /// Set: no person but the account of programs. It holds roles, keys and clients; it has no address and no password, and nobody signs in as it.
    /// </summary>
    public DateTimeOffset? ServiceSince { get; set; }

    /// <summary>Asked by every way of signing in.</summary>
    public bool MaySignIn => DisabledAt is null && ServiceSince is null;

    public override string? NormalizedEmail
    {
        get => base.NormalizedEmail;
        set => (base.NormalizedEmail, EmailLikeness) = (value, Likeness.Of(value));
    }

    /// <summary>What the address looks like: of addresses that look alike one has an account.</summary>
    public string? EmailLikeness { get; private set; }

    /// <summary>What to call the person on a page. The name of an account of programs says what it is for.</summary>
    public string DisplayName => (ServiceSince is null ? Name : null) ?? UserName ?? Email ?? Id.ToString();

    /// <summary>An account of programs.</summary>
    public static User ForService(string name, string? description, string securityStamp, DateTimeOffset now) => new()
    {
        UserName = name,
        NormalizedUserName = UserNames.Normalize(name),
        Name = description,
        SecurityStamp = securityStamp,
        ServiceSince = now,
        CreatedAt = now,
        UpdatedAt = now,
    };

    internal sealed class Table : IEntityTypeConfiguration<User>
    {
        public void Configure(EntityTypeBuilder<User> builder)
        {
            builder.ToTable("Users");
            builder.Property(u => u.UserName).HasMaxLength(256);
            builder.Property(u => u.NormalizedUserName).HasMaxLength(256).IsOrdinal();
            builder.Property(u => u.Email).HasMaxLength(254);
            builder.Property(u => u.NormalizedEmail).HasMaxLength(254).IsOrdinal();
            builder.Property(u => u.NormalizedName).HasMaxLength(SearchText.MaxLength).IsOrdinal();
            builder.Property(u => u.EmailLikeness).HasMaxLength(Likeness.MaxLength);
            builder.Property(u => u.PasswordHash).HasMaxLength(256);
            builder.Property(u => u.SecurityStamp).HasMaxLength(64);
            builder.Property(u => u.ConcurrencyStamp).HasMaxLength(64).IsConcurrencyToken();
            builder.Property(u => u.PhoneNumber).HasMaxLength(32);
            foreach (var text in new[] { nameof(Name), nameof(GivenName), nameof(FamilyName), nameof(MiddleName), nameof(Nickname), nameof(Gender), nameof(Birthdate), nameof(ZoneInfo), nameof(Locale) })
                builder.Property(text).HasMaxLength(256);
            builder.HasIndex(u => u.NormalizedUserName).IsUnique();
            builder.HasIndex(u => u.NormalizedEmail).IsUnique();
            builder.HasIndex(u => u.EmailLikeness).IsUnique();
            builder.HasIndex(u => u.DisabledAt);
            builder.HasIndex(u => new { u.NormalizedName, u.Id });
            builder.HasIndex(u => u.ServiceSince).HasFilter("\"ServiceSince\" IS NOT NULL");
            builder.Ignore(u => u.DisplayName).Ignore(u => u.MaySignIn);
        }
    }
}
