using System.Globalization;
using Duende.IdentityModel.Client;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;

namespace Samples.Bff;

/// <summary>
/// Before a request is served: is the access token about to expire, a new pair is fetched with the refresh token.
/// The server rotates refresh tokens, so the new one goes into the cookie at once.
/// </summary>
internal sealed class TokenRefresh(HttpClient http, IOptionsMonitor<OpenIdConnectOptions> options, TimeProvider time, ILogger<TokenRefresh> log)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    public async Task RefreshAsync(CookieValidatePrincipalContext context)
    {
        var expiresAt = context.Properties.GetTokenValue("expires_at");
        var refreshToken = context.Properties.GetTokenValue("refresh_token");
        if (refreshToken is null || !DateTimeOffset.TryParse(expiresAt, CultureInfo.InvariantCulture, out var expires) || expires - Margin > time.GetUtcNow())
            return;

        var client = options.Get(OpenIdConnectDefaults.AuthenticationScheme);
        var server = await client.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        using var request = new RefreshTokenRequest
        {
            Address = server.TokenEndpoint,
            ClientId = client.ClientId!,
            ClientSecret = client.ClientSecret,
            ClientCredentialStyle = ClientCredentialStyle.PostBody,
            RefreshToken = refreshToken,
        };
        var response = await http.RequestRefreshTokenAsync(request, context.HttpContext.RequestAborted);
        if (response.IsError)
        {
            log.LogWarning("Refresh failed: {Error} {Description}", response.Error, response.ErrorDescription);

            // invalid_grant: the session ended at the server, so it ends here. Anything else may pass: the next request tries again.
            if (response.ErrorType == ResponseErrorType.Protocol)
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            }
            return;
        }

        Keep(context.Properties, "access_token", response.AccessToken);
        Keep(context.Properties, "refresh_token", response.RefreshToken);
        Keep(context.Properties, "id_token", response.IdentityToken);
        Keep(context.Properties, "expires_at", time.GetUtcNow().AddSeconds(response.ExpiresIn).ToString("o", CultureInfo.InvariantCulture));
        context.ShouldRenew = true;
    }

    private static void Keep(AuthenticationProperties properties, string name, string? value)
    {
        if (value is not null)
            properties.UpdateTokenValue(name, value);
    }
}
