using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// Introspection (RFC 7662 section 4) answers only the resource a token was made for: a client whose client_id is one of the
/// token's audiences. To anyone else every token is inactive, so that nobody fishes with stolen ones.
/// </summary>
internal sealed class IntrospectionAudience : IOpenIddictServerHandler<ValidateIntrospectionRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateIntrospectionRequestContext>()
            .UseSingletonHandler<IntrospectionAudience>()
            .SetOrder(OpenIddictServerHandlers.Introspection.ValidateAuthorizedParty.Descriptor.Order)
            .Build();

    public ValueTask HandleAsync(ValidateIntrospectionRequestContext context)
    {
        if (context.GenericTokenPrincipal?.GetTokenType() != TokenTypeIdentifiers.AccessToken || !context.GenericTokenPrincipal.HasAudience(context.ClientId!))
            context.Reject(Errors.InvalidToken, "The token is not for this resource.");
        return default;
    }
}

/// <summary>A token to introspect comes in the body (RFC 7662 section 2.1): in a URL it would end up in logs.</summary>
internal sealed class IntrospectionByPost : IOpenIddictServerHandler<ExtractIntrospectionRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ExtractIntrospectionRequestContext>()
            .UseSingletonHandler<IntrospectionByPost>()
            .SetOrder(int.MinValue + 50_000)
            .Build();

    public ValueTask HandleAsync(ExtractIntrospectionRequestContext context)
    {
        if (!HttpMethods.IsPost(context.Transaction.GetHttpRequest()!.Method))
            context.Reject(Errors.InvalidRequest, "Introspect by POST.");
        return default;
    }
}
