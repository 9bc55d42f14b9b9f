using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>Every refusal carries an id that leads to its record, and no link to somebody else's documentation.</summary>
internal sealed class ErrorAnswers(EventLog events) : IOpenIddictServerHandler<ProcessErrorContext>, IOpenIddictServerHandler<ProcessChallengeContext>
{
    public static OpenIddictServerHandlerDescriptor ForErrors { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessErrorContext>().UseSingletonHandler<ErrorAnswers>()
            .SetOrder(OpenIddictServerHandlers.AttachCustomErrorParameters.Descriptor.Order + 500).Build();

    public static OpenIddictServerHandlerDescriptor ForChallenges { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessChallengeContext>().UseSingletonHandler<ErrorAnswers>()
            .SetOrder(OpenIddictServerHandlers.AttachCustomChallengeParameters.Descriptor.Order + 500).Build();

    public ValueTask HandleAsync(ProcessErrorContext context) => Complete(context.Transaction, context.Response, context.EndpointType);

    public ValueTask HandleAsync(ProcessChallengeContext context) => Complete(context.Transaction, context.Response, context.EndpointType);

    private ValueTask Complete(OpenIddictServerTransaction transaction, OpenIddictResponse response, OpenIddictServerEndpointType endpoint)
    {
        response.ErrorUri = null;

        // A redirect carries what RFC 6749 section 4.1.2.1 names and nothing else, a challenge what RFC 6750 section 3 names.
        if (endpoint is not (OpenIddictServerEndpointType.UserInfo or OpenIddictServerEndpointType.Authorization or OpenIddictServerEndpointType.EndSession or OpenIddictServerEndpointType.EndUserVerification))
            response["error_id"] = ErrorInfo.IdOf(transaction.GetHttpRequest()!.HttpContext);

        // RFC 6749 section 5.2 knows invalid_grant where the engine says invalid_token.
        if (endpoint == OpenIddictServerEndpointType.Token && response.Error == Errors.InvalidToken)
            response.Error = Errors.InvalidGrant;

        // A device that asks whether somebody answered is told to go on asking: no refusal.
        if (response.Error is { } error && error is not (Errors.AuthorizationPending or Errors.SlowDown))
            events.Raise(new RequestRefused(endpoint.ToString(), transaction.Request?.ClientId, endpoint == OpenIddictServerEndpointType.Token ? GrantTally.TypeOf(transaction.Request) : null, error, ErrorInfo.IdOf(transaction.GetHttpRequest()!.HttpContext)));
        return default;
    }
}
