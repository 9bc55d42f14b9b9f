using Duende.IdentityModel.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Samples.Worker;

/// <summary>
/// The service's own access token (client credentials, RFC 6749 section 4.4), asked for once and used until shortly before it
/// expires. There is no refresh token in this grant: the secret is the long-lived credential.
/// </summary>
internal sealed class AccessTokens(IOptions<ClientOptions> options, TimeProvider time, ILogger<AccessTokens> log) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly SemaphoreSlim gate = new(1);
    private CachedToken? cached;

    private sealed record CachedToken(string Value, DateTimeOffset UseUntil);

    public async Task<string> GetAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            if (cached is null || cached.UseUntil <= time.GetUtcNow())
                cached = await RequestAsync(ct);
            return cached.Value;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The API refused this token before its time; the next caller gets a new one.</summary>
    public void Drop(string token)
    {
        if (cached?.Value == token)
            cached = null;
    }

    private async Task<CachedToken> RequestAsync(CancellationToken ct)
    {
        var client = options.Value;
        var discovery = await http.GetDiscoveryDocumentAsync(client.Issuer, ct);
        if (discovery.IsError)
            throw new HttpRequestException($"No answer from {client.Issuer}: {discovery.Error?.TrimEnd('.')}");

        using var request = new ClientCredentialsTokenRequest
        {
            Address = discovery.TokenEndpoint,
            ClientId = client.ClientId,
            ClientSecret = client.ClientSecret,
            Scope = client.Scope,
        };
        var response = await http.RequestClientCredentialsTokenAsync(request, ct);
        if (response.IsError || response.AccessToken is null)
            throw new HttpRequestException($"No token for {client.ClientId}: {response.Error} {response.ErrorDescription}");

        log.LogInformation("New access token, good for {Seconds} seconds", response.ExpiresIn);
        return new CachedToken(response.AccessToken, time.GetUtcNow().AddSeconds(response.ExpiresIn) - Margin);
    }

    public void Dispose()
    {
        http.Dispose();
        gate.Dispose();
    }
}
