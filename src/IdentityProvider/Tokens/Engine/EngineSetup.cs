using IdentityProvider.Platform;
using IdentityProvider.Tokens.ClientAuthentication;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;
using static OpenIddict.Server.OpenIddictServerHandlers;

namespace IdentityProvider.Tokens.Engine;

/// <summary>The engine with its unsafe defaults closed and our rules in their places, in the order a request meets them.</summary>
internal static class EngineSetup
{
    public static void Configure(OpenIddictServerBuilder server)
    {
        server.SetAuthorizationEndpointUris("connect/authorize")
            .SetPushedAuthorizationEndpointUris("connect/par")
            .SetTokenEndpointUris("connect/token")
            .SetUserInfoEndpointUris("connect/userinfo")
            .SetIntrospectionEndpointUris("connect/introspect")
            .SetRevocationEndpointUris("connect/revoke")
            .SetDeviceAuthorizationEndpointUris("connect/device")
            .SetEndUserVerificationEndpointUris("device")
            .SetEndSessionEndpointUris("connect/endsession")
            .SetConfigurationEndpointUris(".well-known/openid-configuration", ".well-known/oauth-authorization-server")
            .SetJsonWebKeySetEndpointUris(".well-known/jwks");
        server.AllowAuthorizationCodeFlow().AllowClientCredentialsFlow().AllowDeviceAuthorizationFlow().AllowRefreshTokenFlow();

        // An API verifies access tokens offline, but for those of clients that have references (TokenFormat); refresh tokens are opaque and stored as a hash.
        server.DisableAccessTokenEncryption().UseReferenceRefreshTokens();

        // Scopes, resources and their permissions live in our tables: RequestedAccess checks them.
        server.DisableScopeValidation().DisableResourceValidation().DisableAudienceValidation();
        server.IgnoreScopePermissions().IgnoreResourcePermissions().IgnoreAudiencePermissions();

        AuthenticateClients(server);
        CheckRequests(server);
        IssueTokens(server);
        AnswerRequests(server);

        server.UseAspNetCore()
            .EnableAuthorizationEndpointPassthrough()
            .EnableTokenEndpointPassthrough()
            .EnableUserInfoEndpointPassthrough()
            .EnableEndUserVerificationEndpointPassthrough()
            .EnableEndSessionEndpointPassthrough()
            .EnableErrorPassthrough();

        // A token in a URL ends up in logs and histories (RFC 6750 section 5.3): the header is the only way in.
        server.RemoveEventHandler(OpenIddictServerAspNetCoreHandlers.ExtractGetOrPostRequest<ExtractUserInfoRequestContext>.Descriptor)
            .RemoveEventHandler(OpenIddictServerAspNetCoreHandlers.ExtractAccessToken<ExtractUserInfoRequestContext>.Descriptor)
            .AddEventHandler(BearerHeader.Descriptor)
            .AddEventHandler(IntrospectionByPost.Descriptor);
    }

    private static void AuthenticateClients(OpenIddictServerBuilder server) => server
        .AddEventHandler(FailureLimit.Descriptor)
        .AddEventHandler(AssertionParameters.Descriptor)
        .RemoveEventHandler(ValidateClientAssertionWellknownClaims.Descriptor)
        .RemoveEventHandler(ValidateClientAssertionIssuer.Descriptor)
        .AddEventHandler(AssertionRules.Descriptor)
        .AddEventHandler(RegisteredMethod.Descriptor)
        .AddEventHandler(RefusedProof.Descriptor)
        .AddEventHandler(CountFailures.Descriptor);

    private static void CheckRequests(OpenIddictServerBuilder server) => server
        .AddEventHandler(RequestedAccess<ValidateAuthorizationRequestContext>.DescriptorAt(Authentication.ValidateScopes.Descriptor.Order))
        .AddEventHandler(RequestedAccess<ValidatePushedAuthorizationRequestContext>.DescriptorAt(Authentication.ValidatePushedScopes.Descriptor.Order))
        .AddEventHandler(RequestedAccess<ValidateDeviceAuthorizationRequestContext>.DescriptorAt(OpenIddictServerHandlers.Device.ValidateScopePermissions.Descriptor.Order))
        .AddEventHandler(RequestedAccess<ValidateTokenRequestContext>.DescriptorAt(Exchange.ValidateGrantTypePermissions.Descriptor.Order - 500))
        .AddEventHandler(GrantedScope.Descriptor)

        // A malformed resource is invalid_target like an unknown one (RFC 8707 section 2), not invalid_request.
        .RemoveEventHandler(Authentication.ValidateResourceParameter.Descriptor)
        .RemoveEventHandler(Authentication.ValidatePushedResourceParameter.Descriptor)
        .RemoveEventHandler(Exchange.ValidateResourceParameter.Descriptor)
        .AddEventHandler(CodeProof<ValidateAuthorizationRequestContext>.DescriptorAt(Authentication.ValidateProofKeyForCodeExchangeRequirement.Descriptor.Order + 500))
        .AddEventHandler(CodeProof<ValidatePushedAuthorizationRequestContext>.DescriptorAt(Authentication.ValidatePushedProofKeyForCodeExchangeRequirement.Descriptor.Order + 500));

    private static void IssueTokens(OpenIddictServerBuilder server) => server
        .AddEventHandler(TokenFormat.Descriptor)
        .AddEventHandler(CountedTokens.Descriptor)
        .RemoveEventHandler(RedeemTokenEntry.Descriptor)
        .AddEventHandler(Redemption.Descriptor)
        .AddEventHandler(SameSuccessor.Descriptor)
        .AddEventHandler(WholeGrant.Descriptor)
        .AddEventHandler(NamedSuccessor.Descriptor)
        .AddEventHandler(CommitIssue.Descriptor)
        .AddEventHandler(IssuedTokens.Descriptor)
        .AddEventHandler(FamilyLimit.Descriptor);

    private static void AnswerRequests(OpenIddictServerBuilder server) => server
        .RemoveEventHandler(Protection.ValidateAuthorizationEntry.Descriptor)
        .AddEventHandler(Liveness.Descriptor)
        .RemoveEventHandler(Introspection.ValidateTokenType.Descriptor)
        .RemoveEventHandler(Introspection.ValidateAuthorizedParty.Descriptor)
        .AddEventHandler(IntrospectionAudience.Descriptor)
        .AddEventHandler(IntrospectionAnswer.Descriptor)
        .AddEventHandler(SignedIntrospection.Descriptor)
        .AddEventHandler(TokenRevocation.Descriptor)
        .AddEventHandler(DeviceCodeRevocation.Descriptor)
        .AddEventHandler(ResponseIssuer.Descriptor)
        .AddEventHandler(FormPost.Descriptor)
        .AddEventHandler(Metadata.Descriptor)
        .AddEventHandler(ErrorAnswers.ForErrors)
        .AddEventHandler(ErrorAnswers.ForChallenges);
}

/// <summary>What the engine takes from settings.</summary>
internal sealed class EngineOptions(IOptions<IdentityProviderOptions> root, IOptions<TokensOptions> tokens, IHostEnvironment environment, TimeProvider clock)
    : IConfigureOptions<OpenIddictServerOptions>, IConfigureOptions<OpenIddictServerAspNetCoreOptions>
{
    public void Configure(OpenIddictServerOptions options)
    {
        options.Issuer = root.Value.IssuerUri;
        options.TokenValidationParameters.ValidIssuers = [root.Value.Issuer];
        options.TimeProvider = clock;
        options.AccessTokenLifetime = tokens.Value.AccessTokenLifetime;
        options.IdentityTokenLifetime = tokens.Value.IdTokenLifetime;
        options.AuthorizationCodeLifetime = tokens.Value.AuthorizationCodeLifetime;
        options.RequestTokenLifetime = tokens.Value.PushedRequestLifetime;
        options.DeviceCodeLifetime = options.UserCodeLifetime = tokens.Value.DeviceCodeLifetime;
        options.RefreshTokenLifetime = tokens.Value.RefreshTokenLifetime;

        // Within it the engine lets a used token pass, and Redemption decides what it gets.
        options.RefreshTokenReuseLeeway = tokens.Value.RefreshTokenGrace > TimeSpan.Zero ? tokens.Value.RefreshTokenGrace : null;

        // Only S256 (RFC 9700 section 2.1.1), only answers that do not put a code into a fragment.
        options.CodeChallengeMethods.Clear();
        options.CodeChallengeMethods.Add(CodeChallengeMethods.Sha256);
        options.ResponseModes.Clear();
        options.ResponseModes.Add(ResponseModes.Query);
        options.ResponseModes.Add(ResponseModes.FormPost);
        options.PromptValues.Add("create");
        foreach (var scope in Clients.StandardScopes.All)
            options.Scopes.Add(scope.Name);
    }

    public void Configure(OpenIddictServerAspNetCoreOptions options) => options.DisableTransportSecurityRequirement = environment.IsDevelopment();
}
