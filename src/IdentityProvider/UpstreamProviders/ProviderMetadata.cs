using System.ComponentModel.DataAnnotations;
using IdentityProvider.Platform.Validation;

namespace IdentityProvider.UpstreamProviders;

/// <summary>A provider as documents say it; on the outside every name is in snake case.</summary>
/// <remarks>The one way into <see cref="UpstreamProvider"/>: fill this, ask <see cref="ProviderRules.Problems"/>, then apply it.</remarks>
internal sealed class ProviderMetadata
{
    /// <summary>A short name for addresses: 1 to 50 lower-case letters, digits and hyphens. The provider must know {issuer}/federation/{name}/callback as redirect URI.</summary>
    [Required, MaxLength(50)]
    public string Name { get; set; } = "";

    /// <summary>What it speaks: OpenID Connect, Google, or OAuth 2.0 with an endpoint that says who it is.</summary>
    [Required, AllowedValues(ProviderKinds.OpenIdConnect, ProviderKinds.Google, ProviderKinds.OAuth2)]
    public string Kind { get; set; } = ProviderKinds.OpenIdConnect;

    /// <summary>What people read on the button. Google is called Google when this is left out.</summary>
    [MaxLength(100)]
    public string? DisplayName { get; set; }

    /// <summary>
    /// For openid_connect: the issuer exactly as its discovery document says it; https, or http on loopback. One with many tenants has {tenantid}
    /// in its path, as https://login.microsoftonline.com/{tenantid}/v2.0, which the claim tid of a token fills in.
    /// </summary>
    [MaxLength(UpstreamProvider.MaxIssuer)]
    public string? Issuer { get; set; }

    /// <summary>For oauth2: where people are sent.</summary>
    [MaxLength(300)]
    public string? AuthorizationEndpoint { get; set; }

    /// <summary>For oauth2: where codes are redeemed.</summary>
    [MaxLength(300)]
    public string? TokenEndpoint { get; set; }

    /// <summary>For oauth2: what answers a bearer token with a JSON object about its owner.</summary>
    [MaxLength(300)]
    public string? UserinfoEndpoint { get; set; }

    /// <summary>Who this server is there.</summary>
    [Required, MaxLength(400)]
    public string ClientId { get; set; } = "";

    /// <summary>This server's secret there, best by reference. Encrypted in the database. Without it the client is a public one, of OpenID Connect only.</summary>
    [Secret, StringLength(2000, MinimumLength = 1)]
    public string? ClientSecret { get; set; }

    /// <summary>What is asked for (at most 30). Left out: openid profile email, and nothing for oauth2.</summary>
    [MaxLength(30)]
    public List<string>? Scopes { get; set; }

    /// <summary>The provider's names for our claims, where they are others.</summary>
    public ClaimMap Claims { get; set; } = new();

    /// <summary>The only e-mail domains whose people may come in, such as example.com (at most 100). For Google: the Workspace domains. Empty: all.</summary>
    [MaxLength(100)]
    public List<string> Domains { get; set; } = [];

    /// <summary>For an issuer with {tenantid}: the ids of the only tenants whose people may come in (at most 100). Empty: all.</summary>
    [MaxLength(100)]
    public List<string> Tenants { get; set; } = [];

    /// <summary>Roles that follow from what the provider says of somebody (at most 100). They go when it no longer says so; roles given otherwise stay.</summary>
    [MaxLength(100)]
    public List<RoleRule> RoleRules { get; set; } = [];

    /// <summary>
    /// Who signs out here is signed out there too, if its discovery document has an end_session_endpoint. It must know
    /// {issuer}/federation/{name}/signed-out as post_logout_redirect_uri.
    /// </summary>
    public bool SignsOut { get; set; }

    /// <summary>Whoever is unknown here gets an account. Off: only people who have one come in.</summary>
    public bool CreatesAccounts { get; set; }

    /// <summary>Every address the provider names counts as proven, also without email_verified. Only for a directory whose addresses its owner hands out.</summary>
    public bool TrustsEmail { get; set; }

    /// <summary>Its word that somebody gave a second factor (amr mfa) counts as one here.</summary>
    public bool TrustsMultiFactor { get; set; }

    /// <summary>The name follows the provider at each sign-in; off: it is taken over once.</summary>
    public bool UpdatesProfile { get; set; }

    /// <summary>False: nobody comes in by it, and its button is gone. What people linked stays.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>A row that says nothing yet.</summary>
    public static UpstreamProvider NewRow(string name, DateTimeOffset now) => new() { Name = name, Kind = "", DisplayName = "", Issuer = "", ClientId = "", Scope = "", CreatedAt = now };

    /// <summary>What would make this row, but for its secret.</summary>
    public static ProviderMetadata Of(UpstreamProvider row) => new()
    {
        Name = row.Name,
        Kind = row.Kind,
        DisplayName = row.DisplayName,
        Issuer = row.Kind == ProviderKinds.OpenIdConnect ? row.Issuer : null,
        AuthorizationEndpoint = row.AuthorizationEndpoint,
        TokenEndpoint = row.TokenEndpoint,
        UserinfoEndpoint = row.UserInfoEndpoint,
        ClientId = row.ClientId,
        Scopes = [.. row.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
        Claims = row.Claims,
        Domains = row.Domains,
        Tenants = row.Tenants,
        RoleRules = row.RoleRules,
        SignsOut = row.SignsOut,
        CreatesAccounts = row.CreatesAccounts,
        TrustsEmail = row.TrustsEmail,
        TrustsMultiFactor = row.TrustsMultiFactor,
        UpdatesProfile = row.UpdatesProfile,
        Enabled = row.DisabledAt is null,
    };

    /// <summary>Brings the row to what this says. A secret that is the stored one is not encrypted anew: twice is no change.</summary>
    public void Apply(UpstreamProvider row, ProviderSecrets secrets, DateTimeOffset now)
    {
        (row.Kind, row.ClientId, row.Scope) = (Kind, ClientId, string.Join(' ', Scopes ?? (Kind == ProviderKinds.OAuth2 ? [] : ["openid", "profile", "email"])));
        row.DisplayName = DisplayName ?? "Google";

        // Subjects of one issuer are not those of another: whoever points a plain provider elsewhere has strangers before the door.
        row.Issuer = Kind switch { ProviderKinds.Google => "https://accounts.google.com", ProviderKinds.OAuth2 => TokenEndpoint!, _ => Issuer! };
        (row.AuthorizationEndpoint, row.TokenEndpoint, row.UserInfoEndpoint) = (AuthorizationEndpoint, TokenEndpoint, UserinfoEndpoint);
        (row.CreatesAccounts, row.TrustsEmail, row.TrustsMultiFactor, row.UpdatesProfile) = (CreatesAccounts, TrustsEmail, TrustsMultiFactor, UpdatesProfile);
        if (!row.Claims.Names().SequenceEqual(Claims.Names()))
            row.Claims = Claims;
        if (!row.Domains.SequenceEqual(Domains))
            row.Domains = [.. Domains];
        if (!row.Tenants.SequenceEqual(Tenants))
            row.Tenants = [.. Tenants];
        if (!row.RoleRules.SequenceEqual(RoleRules))
            row.RoleRules = [.. RoleRules];
        row.SignsOut = SignsOut;
        if (ClientSecret is null || secrets.Open(row) != ClientSecret)
            row.ProtectedClientSecret = ClientSecret is null ? null : secrets.Protect(Name, ClientSecret);
        row.DisabledAt = Enabled ? null : row.DisabledAt ?? now;
    }
}
