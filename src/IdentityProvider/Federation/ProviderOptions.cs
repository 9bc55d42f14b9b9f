using IdentityProvider.Platform;
using IdentityProvider.Platform.Network;
using IdentityProvider.UpstreamProviders;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Google;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace IdentityProvider.Federation;

/// <summary>What the framework's handlers are told of a provider. They keep state, nonce, PKCE and the correlation with the browser.</summary>
internal sealed class ProviderOptions(ProviderSecrets secrets, IDataProtectionProvider protection, OutgoingHttp outgoing, IOptions<IdentityProviderOptions> server, IHostEnvironment environment, TimeProvider clock)
{
    /// <summary>How long somebody may take at the provider.</summary>
    public static readonly TimeSpan TimeToSignIn = TimeSpan.FromMinutes(15);

    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    /// <summary>Public keys only: "none" and keyed hashes (RFC 8725 section 3.1) are no signatures of a provider.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public RemoteAuthenticationOptions Of(UpstreamProvider provider)
    {
        RemoteAuthenticationOptions options = provider.Kind switch
        {
            ProviderKinds.Google => Google(provider),
            ProviderKinds.OAuth2 => Plain(provider),
            _ => OpenId(provider),
        };
        options.Validate(provider.Name);
        return options;
    }

    private GoogleOptions Google(UpstreamProvider provider)
    {
        var options = OAuthSetup.Google(provider, mayOverride: environment.IsDevelopment());
        Bind(options, provider);
        new OAuthPostConfigureOptions<GoogleOptions, GoogleHandler>(protection).PostConfigure(provider.Name, options);
        return options;
    }

    private OAuthOptions Plain(UpstreamProvider provider)
    {
        var options = OAuthSetup.Plain(provider);
        Bind(options, provider);
        new OAuthPostConfigureOptions<OAuthOptions, OAuthHandler<OAuthOptions>>(protection).PostConfigure(provider.Name, options);
        return options;
    }

    private void Bind(OAuthOptions options, UpstreamProvider provider)
    {
        (options.ClientId, options.ClientSecret) = (provider.ClientId, secrets.Open(provider)!);
        Ask(options.Scope, provider);
        Bind((RemoteAuthenticationOptions)options, provider);
    }

    private static void Ask(ICollection<string> scopes, UpstreamProvider provider)
    {
        scopes.Clear();
        foreach (var scope in provider.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            scopes.Add(scope);
    }

    private OpenIdConnectOptions OpenId(UpstreamProvider provider)
    {
        var options = new OpenIdConnectOptions
        {
            Authority = IssuerTemplate.Authority(provider.Issuer),
            ClientId = provider.ClientId,
            ClientSecret = secrets.Open(provider),
            ResponseType = OpenIdConnectResponseType.Code,

            // A form posted from elsewhere would bring no cookie that is Lax.
            ResponseMode = OpenIdConnectResponseMode.Query,
            UsePkce = true,
            MapInboundClaims = false,
            GetClaimsFromUserInfoEndpoint = true,
            DisableTelemetry = true,
            RequireHttpsMetadata = !new Uri(provider.Issuer).IsLoopback,
            ConfigurationManager = new Discovery(provider.Issuer, outgoing.Client, clock),
            TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = IssuerTemplate.IsOne(provider.Issuer) ? null : provider.Issuer,
                IssuerValidator = IssuerTemplate.IsOne(provider.Issuer) ? (issuer, token, _) => TenantIssuer(provider, issuer, token) : null,
                ValidAlgorithms = Algorithms,
                ClockSkew = ClockSkew,
                NameClaimType = "name",
                RoleClaimType = "roles",
                LifetimeValidator = (from, until, _, _) => until + ClockSkew > clock.GetUtcNow().UtcDateTime && (from is null || from - ClockSkew < clock.GetUtcNow().UtcDateTime),
            },
            Events = new OpenIdConnectEvents
            {
                OnRedirectToIdentityProvider = UpstreamAnswer.OnChallenge,
                OnAccessDenied = UpstreamAnswer.OnDenied,
                OnTokenResponseReceived = RefuseUnsigned,
                OnRemoteFailure = UpstreamAnswer.OnFailure,
                OnTicketReceived = UpstreamAnswer.OnTicket,
            },
        };
        Ask(options.Scope, provider);

        // The first of two counts, which is that of the ID token.
        options.ClaimActions.Clear();
        foreach (var name in provider.Claims.Names().Values.Where(name => name != "sub").Distinct())
            options.ClaimActions.MapCustomJson(name, json => OAuthSetup.ValueAt(json, name));
        foreach (var claim in provider.RoleRules.Select(rule => rule.Claim).Distinct())
            options.ClaimActions.Add(new RuleClaims(claim));
        Bind(options, provider);

        // The hint at sign-out, and for nothing else.
        options.SaveTokens = provider.SignsOut;
        Cookie(options.NonceCookie, "nonce");
        new OpenIdConnectPostConfigureOptions(protection).PostConfigure(provider.Name, options);
        return options;
    }

    /// <summary>The issuer is the one of the tenant that the token names, and that tenant is let in.</summary>
    private static string TenantIssuer(UpstreamProvider provider, string issuer, SecurityToken token) =>
        token is JsonWebToken jwt && jwt.TryGetPayloadValue<string>("tid", out var tenant) && IssuerTemplate.IssuerOf(provider, tenant) is { } expected && expected == issuer
            ? issuer
            : throw new SecurityTokenInvalidIssuerException("The token is of another issuer, or of a tenant that is not let in.");

    /// <summary>
    /// The handler lets an ID token of the token endpoint through without a signature (OpenID Connect Core 1.0 section 3.1.3.7
    /// allows it, because TLS vouches for it); whoever can put something between us and the provider would need no more than that.
    /// </summary>
    private static Task RefuseUnsigned(TokenResponseReceivedContext context)
    {
        if (context.TokenEndpointResponse.IdToken is not { Length: > 0 } token || new JsonWebToken(token) is not { EncodedSignature.Length: > 0 } read || !Algorithms.Contains(read.Alg))
            throw new SecurityTokenInvalidAlgorithmException("The ID token is missing, or bears no signature by a public key.");
        return Task.CompletedTask;
    }

    private void Bind(RemoteAuthenticationOptions options, UpstreamProvider provider)
    {
        options.CallbackPath = $"/federation/{provider.Name}/callback";
        options.Backchannel = outgoing.Client;
        options.BackchannelTimeout = OutgoingHttp.Timeout;
        options.RemoteAuthenticationTimeout = TimeToSignIn;
        options.TimeProvider = clock;
        options.SaveTokens = false;
        Cookie(options.CorrelationCookie, "correlation");
    }

    /// <summary>For this host alone over https: a neighbour under the same domain must not be able to plant one.</summary>
    private void Cookie(CookieBuilder cookie, string name)
    {
        var secure = server.Value.IssuerUri.Scheme == Uri.UriSchemeHttps;
        cookie.Name = $"{(secure ? "__Host-" : "")}{UpstreamHandlers.CookiePrefix}{name}.";
        cookie.Path = "/";
        cookie.HttpOnly = true;
        cookie.IsEssential = true;
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = secure ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
    }
}
