using Microsoft.AspNetCore;
using OpenIddict.Server;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Authorize;

/// <summary>
/// Puts the stored parameters in the place of what the browser sent with its ticket, before the engine looks at them: what
/// was validated first is what is validated again, and nothing in the address bar can change it.
/// </summary>
internal sealed class ResumeRequest(ReturnTicket tickets) : IOpenIddictServerHandler<ExtractAuthorizationRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ExtractAuthorizationRequestContext>()
            .UseScopedHandler<ResumeRequest>()
            .SetOrder(OpenIddictServerAspNetCoreHandlers.ExtractGetOrPostRequest<ExtractAuthorizationRequestContext>.Descriptor.Order + 500)
            .Build();

    public async ValueTask HandleAsync(ExtractAuthorizationRequestContext context)
    {
        if (context.Request is not { } request || (string?)request["ticket"] is not { Length: > 0 } ticket)
            return;
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        var waiting = await tickets.FindAsync(ticket, http.RequestAborted);
        if (waiting is null || waiting.Kind != RequestKind.Authorization || waiting.Client.ClientId != request.ClientId)
        {
            context.Reject(Errors.InvalidRequest, "This sign-in was started too long ago. Start again from the application.");
            return;
        }

        if (waiting.Finished)
            waiting = await tickets.RestartAsync(waiting, http.RequestAborted);
        context.Request = waiting.Request;
        http.Items[typeof(WaitingRequest)] = waiting;
    }
}
