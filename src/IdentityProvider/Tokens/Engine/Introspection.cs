using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Platform;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
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

/// <summary>
/// The issuer as in discovery and in the token itself, and of a token that is not active nothing but that (RFC 7662 section 2.2).
/// </summary>
internal sealed class IntrospectionAnswer(IOptions<IdentityProviderOptions> options) : IOpenIddictServerHandler<ApplyIntrospectionResponseContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ApplyIntrospectionResponseContext>()
            .UseSingletonHandler<IntrospectionAnswer>()
            .SetOrder(OpenIddictServerHandlers.Introspection.NormalizeErrorResponse.Descriptor.Order + 500)
            .Build();

    public ValueTask HandleAsync(ApplyIntrospectionResponseContext context)
    {
        if (context.Response[ClaimNames.Issuer] is not null)
            context.Response[ClaimNames.Issuer] = options.Value.Issuer;
        if (context.Response[ClaimNames.Active] is not null)
            context.Response.RemoveParameter("error_id");

        // The engine writes a list of one as the one.
        foreach (var list in (string[])["permissions", "roles"])
            if (context.Response[list] is { } said && said.GetRawValue() is string or JsonElement { ValueKind: JsonValueKind.String })
                context.Response[list] = new JsonArray((string?)said);
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
