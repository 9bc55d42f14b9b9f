using Duende.IdentityModel.Client;

namespace IdentityProvider.Tool.SignIn;

/// <summary>A client that acts for its service account (RFC 6749 section 4.4).</summary>
internal sealed class ClientCredentialsGrant(HttpClient http, Uri server, string clientId, string secret, string? scope, string? resource = null) : Credentials
{
    private string? token;

    public override async Task<string> TokenAsync(CancellationToken ct) => token ??= (await AskAsync(ct)).AccessToken!;

    public override Task<bool> RenewAsync(CancellationToken ct)
    {
        var had = token is not null;
        token = null;
        return Task.FromResult(had);
    }

    /// <exception cref="ToolException">The server gives none.</exception>
    public async Task<TokenResponse> AskAsync(CancellationToken ct)
    {
        var discovery = await Discovery.ReadAsync(http, server, ct);
        using var request = new ClientCredentialsTokenRequest
        {
            Address = discovery.TokenEndpoint,
            ClientId = clientId,
            ClientSecret = secret,
            Scope = scope,
            ClientCredentialStyle = ClientCredentialStyle.AuthorizationHeader,
        };
        if (resource is not null)
            request.Resource.Add(resource);
        var response = await http.RequestClientCredentialsTokenAsync(request, ct);
        ct.ThrowIfCancellationRequested();
        if (response.Unreachable(server) is { } unreachable)
            throw unreachable;
        return response.IsError || response.AccessToken is null
            ? throw new ToolException($"{server} gives {clientId} no token: {response.Words()}", ExitCode.Forbidden)
            : response;
    }
}
