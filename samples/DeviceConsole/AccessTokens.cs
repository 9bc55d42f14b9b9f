using Duende.IdentityModel.Client;

namespace Samples.DeviceConsole;

/// <summary>
/// An access token that is good for at least as long as one call takes. Refresh tokens are replaced with each use: the new one is kept,
/// the old one forgotten. A device that is switched off would keep it in the system's store of secrets, not in a file.
/// </summary>
internal sealed class AccessTokens(HttpClient http, DiscoveryDocumentResponse discovery, string clientId, TokenResponse tokens, TimeProvider time)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    private string accessToken = tokens.AccessToken!;
    private string? refreshToken = tokens.RefreshToken;
    private DateTimeOffset expires = time.GetUtcNow().AddSeconds(tokens.ExpiresIn);

    /// <summary>Null when the person has to sign in again: the grant was taken back, or there is no refresh token.</summary>
    public async Task<string?> GetAsync(CancellationToken ct)
    {
        if (expires - Margin > time.GetUtcNow())
            return accessToken;
        if (refreshToken is null)
            return expires > time.GetUtcNow() ? accessToken : null;

        using var request = new RefreshTokenRequest
        {
            Address = discovery.TokenEndpoint,
            ClientId = clientId,
            ClientCredentialStyle = ClientCredentialStyle.PostBody,
            RefreshToken = refreshToken,
        };
        var response = await http.RequestRefreshTokenAsync(request, ct);
        if (response.ErrorType == ResponseErrorType.Protocol)
        {
            Console.Error.WriteLine($"The sign-in has ended: {response.Error}. Start again to sign in.");
            refreshToken = null;
            return null;
        }

        // No answer: the token at hand may do a while longer. Sent again, the same refresh token gets the same successor.
        if (response.IsError)
            return expires > time.GetUtcNow() ? accessToken : throw new HttpRequestException($"No new access token: {response.Error}");

        (accessToken, refreshToken, expires) = (response.AccessToken!, response.RefreshToken ?? refreshToken, time.GetUtcNow().AddSeconds(response.ExpiresIn));
        Console.WriteLine("The access token was about to end: there is a new one.");
        return accessToken;
    }
}
