using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// Takes the access token from the Authorization header (RFC 6750 section 2.1) and from nowhere else: neither query nor body is
/// read, so that a POST without a form is as good as a GET (OpenID Connect Core 1.0 section 5.3.1).
/// </summary>
internal sealed class BearerHeader : IOpenIddictServerHandler<ExtractUserInfoRequestContext>
{
    private const string Prefix = "Bearer ";

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ExtractUserInfoRequestContext>()
            .UseSingletonHandler<BearerHeader>()
            .SetOrder(OpenIddictServerAspNetCoreHandlers.ExtractAccessToken<ExtractUserInfoRequestContext>.Descriptor.Order)
            .Build();

    public ValueTask HandleAsync(ExtractUserInfoRequestContext context)
    {
        var header = context.Transaction.GetHttpRequest()!.Headers.Authorization.ToString();
        context.Request = new OpenIddictRequest { AccessToken = header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? header[Prefix.Length..].Trim() : null };
        return default;
    }
}
