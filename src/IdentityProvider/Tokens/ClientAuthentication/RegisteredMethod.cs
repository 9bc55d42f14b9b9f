using IdentityProvider.Clients;
using Microsoft.AspNetCore;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.ClientAuthentication;

/// <summary>A client proves itself the way it registered (RFC 7591 token_endpoint_auth_method), and in one way only (RFC 6749 section 2.3).</summary>
internal sealed class RegisteredMethod(ClientCache clients) : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessAuthenticationContext>()
            .UseScopedHandler<RegisteredMethod>()
            .SetOrder(OpenIddictServerHandlers.ValidateClientId.Descriptor.Order + 500)
            .Build();

    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        if (FailureLimit.KeyOf(http, context.ClientId) is null || await clients.FindAsync(context.ClientId!, http.RequestAborted) is not { } client)
            return;

        string[] used =
        [
            .. http.Request.Headers.Authorization.ToString().StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) ? [ClientAuthenticationMethods.ClientSecretBasic] : Array.Empty<string>(),
            .. http.Request.HasFormContentType && http.Request.Form.ContainsKey(Parameters.ClientSecret) ? [ClientAuthenticationMethods.ClientSecretPost] : Array.Empty<string>(),
            .. http.Request.HasFormContentType && http.Request.Form.ContainsKey(Parameters.ClientAssertion) ? [ClientAuthenticationMethods.PrivateKeyJwt] : Array.Empty<string>(),
        ];
        var method = used.Length == 0 ? ClientAuthenticationMethods.None : used[0];
        if (used.Length > 1)
            context.Reject(Errors.InvalidRequest, "The client authenticated in more than one way. Use only the registered one.");
        else if (http.Request.HasFormContentType && http.Request.Form.TryGetValue(Parameters.ClientId, out var named) && named != context.ClientId)
            context.Reject(Errors.InvalidRequest, "The 'client_id' is another than the one of the client authentication.");
        else if (method != client.TokenEndpointAuthMethod)
            context.Reject(Errors.InvalidClient, $"This client is registered for another token_endpoint_auth_method than '{method}'.");
    }
}
