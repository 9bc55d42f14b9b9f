using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.ClientAuthentication;

/// <summary>
/// No proof, or an assertion that does not hold, is invalid_client (RFC 6749 section 5.2): the engine calls the one
/// invalid_request and some of the other invalid_token, which would not count as a failure either.
/// </summary>
internal sealed class RefusedProof : IOpenIddictServerHandler<ProcessErrorContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessErrorContext>()
            .UseSingletonHandler<RefusedProof>()
            .SetOrder(CountFailures.Descriptor.Order - 500)
            .Build();

    public ValueTask HandleAsync(ProcessErrorContext context)
    {
        var proofs = context.Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!);
        if (context.Error == Errors.InvalidToken && proofs is { ClientAssertion.Length: > 0, ClientAssertionPrincipal: null })
            context.Error = Errors.InvalidClient;

        var request = context.Request;
        if (context.Error == Errors.InvalidRequest && context.EndpointType == OpenIddictServerEndpointType.Token && request?.IsClientCredentialsGrantType() == true
            && string.IsNullOrEmpty(request.ClientSecret) && string.IsNullOrEmpty(request.ClientAssertion))
        {
            context.Error = Errors.InvalidClient;
            context.ErrorDescription = "The client did not authenticate. Send what it is registered for: a secret or a client assertion.";
        }

        return default;
    }
}
