using Duende.IdentityModel.Client;

namespace IdentityProvider.Tool.SignIn;

/// <summary>The sign-in of a person, renewed with its refresh token. Two runs at once get the same successor from the server.</summary>
internal sealed class PersonalSignIn(HttpClient http, Uri server, SignInStore store, StoredSignIn signIn, TimeProvider clock) : Credentials
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    private StoredSignIn current = signIn;

    public override async Task<string> TokenAsync(CancellationToken ct)
    {
        if (current.ExpiresAt - Margin <= clock.GetUtcNow() && !await RenewAsync(ct) && current.ExpiresAt <= clock.GetUtcNow())
            throw Over;
        return current.AccessToken;
    }

    public override async Task<bool> RenewAsync(CancellationToken ct)
    {
        if (current.RefreshToken is null)
            return false;
        var discovery = await Discovery.ReadAsync(http, server, ct);
        using var request = new RefreshTokenRequest
        {
            Address = discovery.TokenEndpoint,
            ClientId = current.ClientId,
            ClientCredentialStyle = ClientCredentialStyle.PostBody,
            RefreshToken = current.RefreshToken,
        };
        var response = await http.RequestRefreshTokenAsync(request, ct);
        ct.ThrowIfCancellationRequested();
        if (response.Unreachable(server) is { } unreachable)
            throw unreachable;
        if (response.IsError || response.AccessToken is null)
            throw Over;
        store.Keep(server, current = current with { AccessToken = response.AccessToken, ExpiresAt = clock.GetUtcNow().AddSeconds(response.ExpiresIn), RefreshToken = response.RefreshToken ?? current.RefreshToken });
        return true;
    }

    private ToolException Over => new($"The sign-in at {server} has ended. Sign in again: idp login --server {server}", ExitCode.Forbidden);
}
