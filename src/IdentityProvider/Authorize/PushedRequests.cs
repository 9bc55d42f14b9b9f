using IdentityProvider.Clients;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Authorize;

/// <summary>
/// Pushed authorization requests (RFC 9126) at the authorization endpoint: notes that one was used, and refuses clients that
/// must push and did not. A request taken up again by its ticket was pushed if it was pushed the first time.
/// </summary>
internal sealed class PushedRequests(ClientCache clients) : IOpenIddictServerHandler<ValidateAuthorizationRequestContext>
{
    /// <summary>Where the id of the used pushed request is kept, so that storing the request spends it.</summary>
    public const string Marker = "pushed_request";

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateAuthorizationRequestContext>()
            .UseScopedHandler<PushedRequests>()
            .SetOrder(OpenIddictServerHandlers.Authentication.ValidatePushedAuthorizationRequestsRequirement.Descriptor.Order)
            .Build();

    public async ValueTask HandleAsync(ValidateAuthorizationRequestContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        if (context.RequestTokenPrincipal is { } pushed)
        {
            http.Items[Marker] = pushed.GetTokenId();
            return;
        }

        if (http.Items[typeof(WaitingRequest)] is WaitingRequest { Pushed: true })
            return;
        var client = await clients.FindAsync(context.ClientId!, http.RequestAborted);
        if (client?.Requirements?.Contains(Requirements.Features.PushedAuthorizationRequests, StringComparison.Ordinal) == true)
            context.Reject(Errors.InvalidRequest, "This client must send its requests to the pushed authorization request endpoint first.");
    }
}
