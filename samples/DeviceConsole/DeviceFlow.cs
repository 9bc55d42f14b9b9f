using Duende.IdentityModel;
using Duende.IdentityModel.Client;

namespace Samples.DeviceConsole;

internal abstract record DeviceOutcome
{
    internal sealed record SignedIn(TokenResponse Tokens) : DeviceOutcome;

    internal sealed record Refused(Exit Exit, string Reason) : DeviceOutcome;
}

/// <summary>The device authorization grant (RFC 8628): show a code, then ask at the pace the server sets.</summary>
internal sealed class DeviceFlow(HttpClient http, DiscoveryDocumentResponse discovery, string clientId, string scope, TimeProvider time)
{
    public async Task<DeviceOutcome> RunAsync(CancellationToken ct)
    {
        while (true)
        {
            using var request = new DeviceAuthorizationRequest
            {
                Address = discovery.DeviceAuthorizationEndpoint,
                ClientId = clientId,
                ClientCredentialStyle = ClientCredentialStyle.PostBody,
                Scope = scope,
            };
            var code = await http.RequestDeviceAuthorizationAsync(request, ct);
            if (code.IsError)
                return new DeviceOutcome.Refused(Exit.Failed, $"No code: {code.Error} {code.ErrorDescription}");

            var screen = new Screen(code);
            screen.Show();
            var outcome = await PollAsync(code, screen, ct);
            if (outcome is not DeviceOutcome.Refused { Exit: Exit.Expired } || !Screen.OfferNewCode())
                return outcome;
        }
    }

    private async Task<DeviceOutcome> PollAsync(DeviceAuthorizationResponse code, Screen screen, CancellationToken ct)
    {
        var expires = time.GetUtcNow().AddSeconds(code.ExpiresIn ?? 600);
        var interval = TimeSpan.FromSeconds(code.Interval > 0 ? code.Interval : 5);
        while (time.GetUtcNow() < expires)
        {
            screen.ShowRemaining(expires - time.GetUtcNow());
            await Task.Delay(interval, time, ct);

            using var request = new DeviceTokenRequest
            {
                Address = discovery.TokenEndpoint,
                ClientId = clientId,
                ClientCredentialStyle = ClientCredentialStyle.PostBody,
                DeviceCode = code.DeviceCode!,
            };
            var response = await http.RequestDeviceTokenAsync(request, ct);
            switch (response.Error)
            {
                case null when response.AccessToken is not null:
                    return new DeviceOutcome.SignedIn(response);
                case OidcConstants.TokenErrors.AuthorizationPending:
                    break;
                case OidcConstants.TokenErrors.SlowDown:
                    // The larger interval holds for this and all later polls (RFC 8628 section 3.5).
                    interval += TimeSpan.FromSeconds(5);
                    break;
                case OidcConstants.TokenErrors.AccessDenied:
                    return new DeviceOutcome.Refused(Exit.Denied, "You said no. Nothing was shared.");
                case OidcConstants.TokenErrors.ExpiredToken:
                    return Expired;
                case not null when response.ErrorType is ResponseErrorType.Exception or ResponseErrorType.Http:
                    // No connection, or a server in trouble: back off instead of joining the rush.
                    interval *= 2;
                    break;
                default:
                    return new DeviceOutcome.Refused(Exit.Failed, $"No token: {response.Error} {response.ErrorDescription}");
            }
        }
        return Expired;
    }

    private static DeviceOutcome.Refused Expired => new(Exit.Expired, "The code has expired.");
}
