using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OpenIddict.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;

namespace IdentityProvider.Clients;

/// <summary>
/// One authorization a person gave in one session: the code and all tokens that came of it are one family, and die with it.
/// </summary>
internal sealed class Grant : OpenIddictEntityFrameworkCoreAuthorization<Guid, Client, Token>
{
    public Guid? UserId { get; set; }
    public Guid? SessionId { get; set; }

    /// <summary>When it was taken back. Kept until the last access token that came of it is dead: other nodes learn it from here.</summary>
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>Claim names asked for the UserInfo endpoint by the claims parameter (OpenID Connect Core 1.0 section 5.5).</summary>
    public List<string> UserInfoClaims { get; set; } = [];

    internal sealed class Table : IEntityTypeConfiguration<Grant>
    {
        public void Configure(EntityTypeBuilder<Grant> builder)
        {
            new OpenIddictEntityFrameworkCoreAuthorizationConfiguration<Grant, Client, Token, Guid>().Configure(builder);
            builder.ToTable("Grants");
            builder.Property(g => g.Properties).HasMaxLength(-1);
            builder.Property(g => g.Scopes).HasMaxLength(-1);
            builder.PrimitiveCollection(g => g.UserInfoClaims).HasMaxLength(-1);
            builder.HasIndex(g => g.SessionId);
            builder.HasIndex(g => g.RevokedAt);
            builder.HasIndex(g => g.UserId);
        }
    }
}
