using System.Net;
using System.Security.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.ApiKeys;

/// <summary>
/// To introspection (RFC 7662) and token exchange (RFC 8693) a key is an access token that its owner was given: any API can take keys
/// without knowing what they are. It stands where the engine looks a reference up, so that a key costs no second look.
/// </summary>
internal sealed class KeyAsToken(ApiKeyGate gate, ScopeCatalog catalog, IOpenIddictTokenManager tokens, EventLog events, IOptions<IdentityProviderOptions> root) : IOpenIddictServerHandler<ValidateTokenContext>
{
    /// <summary>
    /// Where the key was sent from, which only the API that was called knows. A key that is limited to some addresses does not work without it.
    /// </summary>
    public const string AddressParameter = "ip_address";

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
            .UseScopedHandler<KeyAsToken>()
            .SetOrder(OpenIddictServerHandlers.Protection.ValidateReferenceTokenIdentifier.Descriptor.Order)
            .Build();

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (!ApiKeySecret.IsOne(context.Token))
        {
            await new OpenIddictServerHandlers.Protection.ValidateReferenceTokenIdentifier(tokens).HandleAsync(context);
            return;
        }

        // Nowhere else is it a token; the engine then says that it is none.
        if (context.EndpointType is not (OpenIddictServerEndpointType.Introspection or OpenIddictServerEndpointType.Token)
            || (context.ValidTokenTypes.Count > 0 && !context.ValidTokenTypes.Contains(TokenTypeIdentifiers.AccessToken)))
            return;
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        var request = context.Transaction.Request!;
        var from = IPAddress.TryParse((string?)request[AddressParameter], out var address) ? address : null;
        var use = await gate.UseAsync(context.Token, from, $"{(context.EndpointType == OpenIddictServerEndpointType.Token ? "exchange" : "introspection")} by {request.ClientId}", http.RequestAborted);
        if (use.RetryAfter is { } retryAfter)
        {
            RetryLater.Say(http, retryAfter);
            context.Reject(Errors.SlowDown, "The key was used as often as it may be. Wait as long as the Retry-After header says.");
        }
        else if (use.Key is { } key)
        {
            context.Principal = await PrincipalAsync(key, context, request.ClientId, http.RequestAborted);
        }
    }

    private async Task<ClaimsPrincipal> PrincipalAsync(KnownKey key, ValidateTokenContext context, string? client, CancellationToken ct)
    {
        var snapshot = await catalog.GetAsync(ct);

        // An API learns what the key may do there, not what it may do elsewhere.
        IEnumerable<string> scopes = context.EndpointType == OpenIddictServerEndpointType.Introspection && client is not null && snapshot.Apis.ContainsKey(client)
            ? snapshot.Find(key.Scopes).Where(scope => scope.Api == client).Select(scope => scope.Name)
            : key.Scopes;
        var audiences = Audiences.Of(snapshot, scopes, [], root.Value.Issuer);
        var principal = ApiKeyPrincipal.Of(key with { Permissions = KeyPermissions.For(snapshot, key.UserId, key.Permissions, [.. scopes], audiences, events) });
        ((ClaimsIdentity)principal.Identity!).TryRemoveClaim(principal.FindFirst("scope"));
        principal.SetTokenType(TokenTypeIdentifiers.AccessToken);
        principal.SetScopes(scopes);
        principal.SetAudiences(audiences);
        principal.SetCreationDate(key.CreatedAt);
        principal.SetExpirationDate(key.ExpiresAt);
        return principal;
    }
}
