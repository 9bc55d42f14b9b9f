using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Clients;

/// <summary>A client as RFC 7591 says it; on the outside every name is in snake case.</summary>
/// <remarks>
/// The one way into <see cref="Client"/>: whoever registers a client fills this, asks <see cref="Validate"/>, then applies it.
/// </remarks>
internal class ClientMetadata
{
    /// <summary>The public name of the client in the protocol: 1 to 100 visible ASCII characters. A client that introspects for an API has the API's identifier as its id.</summary>
    [Required, MaxLength(100)]
    public string ClientId { get; set; } = "";

    /// <summary>What people read on the consent page.</summary>
    [MaxLength(200)]
    public string? ClientName { get; set; }

    /// <summary>For client_secret_basic and client_secret_post. Stored as a hash only. Give 32 random characters or more; under 16 is refused.</summary>
    [Secret, StringLength(256, MinimumLength = 16), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ClientSecret { get; set; }

    /// <summary>How the client proves who it is; none makes it a public client.</summary>
    [Required, AllowedValues("none", "client_secret_basic", "client_secret_post", "private_key_jwt")]
    public string TokenEndpointAuthMethod { get; set; } = "client_secret_basic";

    /// <summary>The grants the client may use. An empty list is an API that only introspects.</summary>
    [AllowedValues("authorization_code", "client_credentials", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange")]
    [Refused("implicit", "it puts tokens into URLs (RFC 9700 section 2.1.2). Use authorization_code.")]
    [Refused("password", "it shows the person's password to the client (RFC 9700 section 2.4). Use authorization_code.")]
    public List<string> GrantTypes { get; set; } = ["authorization_code"];

    /// <summary>Only code; follows grant_types when left out.</summary>
    [AllowedValues("code")]
    [Refused("token", "it puts tokens into URLs (RFC 9700 section 2.1.2). Use code.")]
    [Refused("id_token", "it puts tokens into URLs (RFC 9700 section 2.1.2). Use code.")]
    public List<string>? ResponseTypes { get; set; }

    /// <summary>Where the answer may go: https, http on loopback, or for native applications a private-use scheme with a dot. Compared exactly.</summary>
    [MaxLength(50)]
    public List<string> RedirectUris { get; set; } = [];

    /// <summary>Where the browser may go after sign-out; same rules as redirect_uris.</summary>
    [MaxLength(50)]
    public List<string> PostLogoutRedirectUris { get; set; } = [];

    /// <summary>The scope names the client may ask for, separated by spaces (at most 50).</summary>
    [MaxLength(2000)]
    public string Scope { get; set; } = "";

    /// <summary>The client's public keys (RFC 7517) for private_key_jwt.</summary>
    public JsonElement? Jwks { get; set; }

    /// <summary>web, or native for an application on the person's device (RFC 8252).</summary>
    [Required, AllowedValues("web", "native")]
    public string ApplicationType { get; set; } = "web";

    /// <summary>The picture on the consent page.</summary>
    [MaxLength(2000)]
    public string? LogoUri { get; set; }

    /// <summary>The client's home page.</summary>
    [MaxLength(2000)]
    public string? ClientUri { get; set; }

    /// <summary>How the client treats personal data.</summary>
    [MaxLength(2000)]
    public string? PolicyUri { get; set; }

    /// <summary>The client's terms of service.</summary>
    [MaxLength(2000)]
    public string? TosUri { get; set; }

    /// <summary>Mail addresses of the people responsible.</summary>
    [MaxLength(20)]
    public List<string> Contacts { get; set; } = [];

    /// <summary>Told when a session ends (OpenID Connect Back-Channel Logout 1.0).</summary>
    [MaxLength(2000)]
    public string? BackchannelLogoutUri { get; set; }

    /// <summary>The logout token must carry the session id.</summary>
    public bool BackchannelLogoutSessionRequired { get; set; }

    /// <summary>
    /// Grants with offline_access live on when the person signs out of the browser: for apps on phones and devices. They end with a
    /// revocation, a new password or a disabled person all the same.
    /// </summary>
    public bool OfflineAccessSurvivesLogout { get; set; }

    /// <summary>What signs the client's ID tokens.</summary>
    [Required, AllowedValues("RS256", "ES256", "PS256")]
    public string IdTokenSignedResponseAlg { get; set; } = "RS256";

    /// <summary>
    /// jwt: APIs verify access tokens by themselves, and learn of a revocation when they introspect or the token dies. reference: a token
    /// that means nothing outside this server; APIs introspect it, and it ends at once with its session, its grant or its person.
    /// </summary>
    [Required, AllowedValues("jwt", "reference")]
    public string AccessTokenFormat { get; set; } = "jwt";

    /// <summary>What signs the answers of introspection that the client asks to be signed (RFC 9701).</summary>
    [Required, AllowedValues("RS256", "ES256", "PS256")]
    public string IntrospectionSignedResponseAlg { get; set; } = "RS256";

    /// <summary>Only pushed requests are taken (RFC 9126).</summary>
    public bool RequirePushedAuthorizationRequests { get; set; }

    /// <summary>PKCE with S256 is required (RFC 7636). Only a confidential client may do without, and then sends a nonce.</summary>
    public bool RequirePkce { get; set; } = true;

    /// <summary>The weakest sign-in the client takes, as an acr. Whoever cannot reach it is refused, whatever a request asks for.</summary>
    [AllowedValues(null, "urn:identityprovider:acr:pwd", "urn:identityprovider:acr:mfa", "urn:identityprovider:acr:phr")]
    public string? RequiredAcr { get; set; }

    /// <summary>The names of the only providers whose people may come in (at most 50). Empty: all.</summary>
    [MaxLength(50)]
    public List<string> Providers { get; set; } = [];

    /// <summary>False: only who came by a provider elsewhere comes in; a password, passkey or mailed code of this server does not do, nor does a session it began.</summary>
    public bool LocalSignIn { get; set; } = true;

    /// <summary>The name of the service account for which the client acts with client_credentials: its tokens have the account's roles and permissions.</summary>
    [StringLength(100, MinimumLength = 1)]
    public string? ServiceAccount { get; set; }

    /// <summary>
    /// The identifiers of the APIs for which the client may exchange people's access tokens (RFC 8693), to go on there in their name; at most 50. Empty: it exchanges
    /// API keys only.
    /// </summary>
    [MaxLength(50)]
    public List<string> TokenExchangeAudiences { get; set; } = [];

    /// <summary>explicit asks the person; implicit does not, for first-party clients.</summary>
    [Required, AllowedValues("explicit", "implicit")]
    public string Consent { get; set; } = "explicit";

    /// <summary>Seconds until a code dies.</summary>
    [Range(10, 600)]
    public int? AuthorizationCodeLifetime { get; set; }

    /// <summary>Seconds until an access token dies.</summary>
    [Range(60, 3600)]
    public int? AccessTokenLifetime { get; set; }

    /// <summary>Seconds until an ID token dies.</summary>
    [Range(60, 3600)]
    public int? IdTokenLifetime { get; set; }

    /// <summary>Seconds until an unused refresh token dies.</summary>
    [Range(60, 31536000)]
    public int? RefreshTokenLifetime { get; set; }

    /// <summary>Seconds until a device code and its user code die.</summary>
    [Range(60, 1800)]
    public int? DeviceCodeLifetime { get; set; }

    internal bool IsPublic => TokenEndpointAuthMethod == "none";

    /// <summary>The names in <see cref="Scope"/>, each once.</summary>
    internal string[] ScopeNames => [.. Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];

    /// <summary>Fills <paramref name="metadata"/> with what is stored of a client; a secret is not, only its hash.</summary>
    public static T Of<T>(Client client, T metadata)
        where T : ClientMetadata
    {
        ClientColumns.Read(client, metadata);
        return metadata;
    }

    /// <summary>Everything that is wrong, at once.</summary>
    public IReadOnlyList<Problem> Validate() => [.. ClientMetadataRules.Check(this)];

    /// <summary>Writes everything but the secret. Values that are the same stay the same, so EF sees no change.</summary>
    public void Apply(Client client) => ClientColumns.Write(this, client);

    /// <summary>Leaves exactly the given secret. Needs <see cref="Client.Secrets"/> loaded.</summary>
    public void ApplySecret(Client client, DateTimeOffset now)
    {
        var hash = ClientSecret is null ? null : Handle.Hash(ClientSecret);
        client.Secrets.RemoveAll(secret => secret.Hash != hash || secret.ExpiresAt is not null);
        if (hash is not null && client.Secrets.Count == 0)
            client.Secrets.Add(new ClientSecret { Hash = hash, CreatedAt = now });
    }
}
