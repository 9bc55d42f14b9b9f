using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.UpstreamProviders;

/// <summary>A server elsewhere that people may sign in with. Written from <see cref="ProviderMetadata"/> only.</summary>
internal sealed class UpstreamProvider
{
    public const int MaxIssuer = 300;

    public Guid Id { get; set; }

    /// <summary>What stands in the addresses: <c>/federation/{name}/callback</c>.</summary>
    public required string Name { get; set; }

    /// <summary>One of <see cref="ProviderKinds"/>.</summary>
    public required string Kind { get; set; }

    public required string DisplayName { get; set; }

    /// <summary>The one issuer whose tokens are taken; where there is none, the token endpoint stands for it.</summary>
    public required string Issuer { get; set; }

    public string? AuthorizationEndpoint { get; set; }
    public string? TokenEndpoint { get; set; }
    public string? UserInfoEndpoint { get; set; }
    public ClaimMap Claims { get; set; } = new();

    public required string ClientId { get; set; }

    /// <summary>Encrypted under the master key (<see cref="ProviderSecrets"/>); null for a public client.</summary>
    public string? ProtectedClientSecret { get; set; }

    /// <summary>What is asked for, separated by spaces.</summary>
    public required string Scope { get; set; }

    /// <summary>The only domains whose addresses may come in; empty: any.</summary>
    public List<string> Domains { get; set; } = [];

    /// <summary>Whoever is unknown gets an account.</summary>
    public bool CreatesAccounts { get; set; }

    /// <summary>Every address it names counts as proven.</summary>
    public bool TrustsEmail { get; set; }

    /// <summary>Its word that somebody gave a second factor counts as one.</summary>
    public bool TrustsMultiFactor { get; set; }

    /// <summary>Name and the like follow the provider at each sign-in; otherwise they are taken over once.</summary>
    public bool UpdatesProfile { get; set; }

    /// <summary>Which roles follow from what it says of somebody.</summary>
    public List<RoleRule> RoleRules { get; set; } = [];

    /// <summary>The only tenants of an issuer by template; empty: all.</summary>
    public List<string> Tenants { get; set; } = [];

    /// <summary>Who signs out here is led through its sign-out.</summary>
    public bool SignsOut { get; set; }

    /// <summary>Set: nobody comes in by it.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Another with every change: how nodes see that what they remember is old.</summary>
    public Guid Version { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<UpstreamProvider>
    {
        public void Configure(EntityTypeBuilder<UpstreamProvider> builder)
        {
            builder.ToTable("UpstreamProviders");
            builder.Property(p => p.Name).HasMaxLength(50);
            builder.Property(p => p.Kind).HasMaxLength(20);
            builder.Property(p => p.DisplayName).HasMaxLength(100);
            builder.Property(p => p.Issuer).HasMaxLength(MaxIssuer);
            builder.Property(p => p.ClientId).HasMaxLength(400);
            foreach (var endpoint in new[] { nameof(AuthorizationEndpoint), nameof(TokenEndpoint), nameof(UserInfoEndpoint) })
                builder.Property(endpoint).HasMaxLength(300);
            builder.Property(p => p.Claims).HasConversion(
                map => JsonSerializer.Serialize(map, JsonSerializerOptions.Default),
                json => json.Length == 0 ? new ClaimMap() : JsonSerializer.Deserialize<ClaimMap>(json, JsonSerializerOptions.Default)!,
                new ValueComparer<ClaimMap>((a, b) => a!.Names().SequenceEqual(b!.Names()), map => map.Names().Count, map => map));
            builder.PrimitiveCollection(p => p.Domains).HasMaxLength(-1);
            builder.PrimitiveCollection(p => p.Tenants).HasMaxLength(-1);
            builder.Property(p => p.RoleRules).HasConversion(
                rules => JsonSerializer.Serialize(rules, JsonSerializerOptions.Default),
                json => json.Length == 0 ? new List<RoleRule>() : JsonSerializer.Deserialize<List<RoleRule>>(json, JsonSerializerOptions.Default)!,
                new ValueComparer<List<RoleRule>>((a, b) => a!.SequenceEqual(b!), rules => rules.Count, rules => rules));
            builder.Property(p => p.Version).IsConcurrencyToken();
            builder.HasIndex(p => p.Name).IsUnique();
        }
    }
}

/// <summary>What a provider speaks.</summary>
internal static class ProviderKinds
{
    public const string OpenIdConnect = "openid_connect", Google = "google", OAuth2 = "oauth2";
}
