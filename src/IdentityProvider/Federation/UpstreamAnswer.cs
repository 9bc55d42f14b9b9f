using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Federation;

/// <summary>What the handler made of a request: somebody, or a failure; and what we gave the browser on its way.</summary>
internal sealed record UpstreamAnswer(ClaimsPrincipal? Principal, AuthenticationProperties? Properties, Exception? Failure, bool Denied)
{
    public const string Ticket = "ticket", Browser = "browser", Once = "once", LoginHint = "login_hint", Prompt = "prompt";

    /// <summary>Whose session wants to connect an account, in place of a ticket.</summary>
    public const string Session = "session";

    /// <summary>Nothing at all: the request was not even an answer.</summary>
    public static UpstreamAnswer Of(HttpContext http) => http.Items[typeof(UpstreamAnswer)] as UpstreamAnswer ?? new UpstreamAnswer(null, null, null, false);

    public static Task OnChallenge(RedirectContext context)
    {
        context.ProtocolMessage.LoginHint = context.Properties.GetParameter<string>(LoginHint);
        if (context.Properties.GetParameter<string>(Prompt) is { } prompt)
            context.ProtocolMessage.Prompt = prompt;
        return Task.CompletedTask;
    }

    public static Task OnTicket(TicketReceivedContext context) => Keep(context, new UpstreamAnswer(context.Principal, context.Properties, null, false));

    public static Task OnDenied(AccessDeniedContext context) => Keep(context, new UpstreamAnswer(null, context.Properties, null, true));

    public static Task OnFailure(RemoteFailureContext context) => Keep(context, new UpstreamAnswer(null, context.Properties, context.Failure, false));

    /// <summary>The handler is done: it signs nobody in and writes no answer.</summary>
    private static Task Keep(HandleRequestContext<RemoteAuthenticationOptions> context, UpstreamAnswer answer)
    {
        context.HttpContext.Items[typeof(UpstreamAnswer)] = answer;
        context.HandleResponse();
        return Task.CompletedTask;
    }
}
