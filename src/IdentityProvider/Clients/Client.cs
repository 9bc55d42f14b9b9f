using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OpenIddict.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;

namespace IdentityProvider.Clients;

/// <summary>
/// A relying party. The engine's columns (permissions, requirements, settings, redirect URIs) are written from
/// RFC 7591 metadata by ClientMetadata only, so that each fact is said once.
/// </summary>
internal sealed class Client : OpenIddictEntityFrameworkCoreApplication<Guid, Grant, Token>
{
    /// <summary>How the client proves who it is; any other way is refused.</summary>
    public string TokenEndpointAuthMethod { get; set; } = "client_secret_basic";

    /// <summary>The scope names the client may ask for, separated by spaces.</summary>
    public string Scope { get; set; } = "";

    public string IdTokenSignedResponseAlg { get; set; } = "RS256";

    /// <summary>Access tokens are references that mean nothing outside this server, and not JWTs.</summary>
    public bool ReferenceAccessTokens { get; set; }

    public string IntrospectionSignedResponseAlg { get; set; } = "RS256";

    /// <summary>The weakest acr the client takes.</summary>
    public string? RequiredAcr { get; set; }

    /// <summary>The names of the only providers elsewhere whose people come in; empty: all.</summary>
    public List<string> Providers { get; set; } = [];

    /// <summary>Passwords, passkeys and mailed codes of this server let nobody in.</summary>
    public bool LocalSignInOff { get; set; }

    /// <summary>The user name of the service account that the client acts for when it acts by itself. By name, as documents are; one that is gone gives no token.</summary>
    public string? ServiceAccount { get; set; }

    /// <summary>The APIs for which the client may exchange people's access tokens; empty: it may not.</summary>
    public List<string> TokenExchangeAudiences { get; set; } = [];

    public string? LogoUri { get; set; }
    public string? ClientUri { get; set; }
    public string? PolicyUri { get; set; }
    public string? TosUri { get; set; }
    public List<string> Contacts { get; set; } = [];
    public string? BackchannelLogoutUri { get; set; }
    public bool BackchannelLogoutSessionRequired { get; set; }
    public bool OfflineAccessSurvivesLogout { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
    public List<ClientSecret> Secrets { get; set; } = [];

    internal sealed class Table : IEntityTypeConfiguration<Client>
    {
        public void Configure(EntityTypeBuilder<Client> builder)
        {
            new OpenIddictEntityFrameworkCoreApplicationConfiguration<Client, Grant, Token, Guid>().Configure(builder);
            builder.ToTable("Clients");
            builder.Property(c => c.TokenEndpointAuthMethod).HasMaxLength(50);
            builder.Property(c => c.IdTokenSignedResponseAlg).HasMaxLength(10);
            builder.Property(c => c.IntrospectionSignedResponseAlg).HasMaxLength(10).HasDefaultValue("RS256");
            builder.Property(c => c.ServiceAccount).HasMaxLength(100);
            builder.Property(c => c.RequiredAcr).HasMaxLength(100);
            builder.PrimitiveCollection(c => c.Contacts).HasMaxLength(-1);
            builder.PrimitiveCollection(c => c.TokenExchangeAudiences).HasMaxLength(-1);
            builder.PrimitiveCollection(c => c.Providers).HasMaxLength(-1);
            foreach (var json in new[] { nameof(DisplayNames), nameof(JsonWebKeySet), nameof(Permissions), nameof(PostLogoutRedirectUris), nameof(Properties), nameof(RedirectUris), nameof(Requirements), nameof(Settings) })
                builder.Property(json).HasMaxLength(-1);
            builder.HasMany(c => c.Secrets).WithOne().HasForeignKey(s => s.ClientId);
        }
    }
}
