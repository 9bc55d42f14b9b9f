using Duende.IdentityModel;
using Duende.IdentityModel.Client;

namespace IdentityProvider.Tool.SignIn;

/// <summary>The device authorization grant (RFC 8628): shows a code, then asks at the pace the server sets.</summary>
internal sealed class DeviceFlow(HttpClient http, DiscoveryDocumentResponse discovery, string clientId, string scope, TimeProvider clock, Action<string> say)
{
    public async Task<TokenResponse> RunAsync(CancellationToken ct)
    {
        using var request = new DeviceAuthorizationRequest { Address = discovery.DeviceAuthorizationEndpoint, ClientId = clientId, ClientCredentialStyle = ClientCredentialStyle.PostBody, Scope = scope };
        var code = await http.RequestDeviceAuthorizationAsync(request, ct);
        ct.ThrowIfCancellationRequested();
        if (code.IsError)
            throw new ToolException($"No code for the client {clientId}: {code.Error} {code.ErrorDescription}. It must be a public client with the device code grant and these scopes: {scope}", ExitCode.Forbidden);
        say($"Open {code.VerificationUriComplete ?? code.VerificationUri}");
        say($"and approve the code {string.Join('-', (code.UserCode ?? "").Where(char.IsLetterOrDigit).Chunk(4).Select(four => new string(four)))}. Approve only what you started yourself.");
        return await PollAsync(code, ct);
    }

    private async Task<TokenResponse> PollAsync(DeviceAuthorizationResponse code, CancellationToken ct)
    {
        var until = clock.GetUtcNow().AddSeconds(code.ExpiresIn ?? 600);
        var interval = TimeSpan.FromSeconds(Math.Clamp(code.Interval, 5, 60));
        while (clock.GetUtcNow() < until)
        {
            await Task.Delay(interval, clock, ct);
            using var request = new DeviceTokenRequest { Address = discovery.TokenEndpoint, ClientId = clientId, ClientCredentialStyle = ClientCredentialStyle.PostBody, DeviceCode = code.DeviceCode! };
            var response = await http.RequestDeviceTokenAsync(request, ct);
            ct.ThrowIfCancellationRequested();
            switch (response.Error)
            {
                case null when response.AccessToken is not null:
                    return response;
                case OidcConstants.TokenErrors.AuthorizationPending:
                    break;
                case OidcConstants.TokenErrors.SlowDown:
                    // The larger interval holds for this and all later polls (RFC 8628 section 3.5).
                    interval += TimeSpan.FromSeconds(5);
                    break;
                case OidcConstants.TokenErrors.AccessDenied:
                    throw new ToolException("The sign-in was denied.", ExitCode.Forbidden);
                case OidcConstants.TokenErrors.ExpiredToken:
                    throw Expired;
                case not null when response.ErrorType is ResponseErrorType.Exception or ResponseErrorType.Http:
                    interval = interval < TimeSpan.FromMinutes(1) ? interval * 2 : interval;
                    break;
                default:
                    throw new ToolException($"No token: {response.Error} {response.ErrorDescription}", ExitCode.Forbidden);
            }
        }

        throw Expired;
    }

    private static ToolException Expired => new("The code has expired. Start again: idp login", ExitCode.Forbidden);
}
