using IdentityProvider.UpstreamProviders;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace IdentityProvider.Federation;

/// <summary>
/// The discovery document and the keys of a provider, remembered for half a day. A token signed by a key that is not among them has
/// both read again and is checked once more, in the same sign-in: the framework's own cache would only read them behind its back.
/// </summary>
internal sealed class Discovery(string issuer, HttpClient http, TimeProvider clock) : BaseConfigurationManager, IConfigurationManager<OpenIdConnectConfiguration>, IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12), AgainAfter = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim reading = new(1, 1);
    private OpenIdConnectConfiguration? current;
    private DateTimeOffset readAt;
    private bool refresh;

    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        if (Known() is { } known)
            return known;
        await reading.WaitAsync(cancel);
        try
        {
            return Known() ?? await ReadAsync(cancel);
        }
        finally
        {
            reading.Release();
        }
    }

    public override async Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) => await GetConfigurationAsync(cancel);

    /// <summary>Asked for by whoever meets an unknown key. Not at once again: tokens must not make us call the provider each time.</summary>
    public override void RequestRefresh() => refresh = clock.GetUtcNow() - readAt >= AgainAfter;

    private OpenIdConnectConfiguration? Known() => !refresh && clock.GetUtcNow() - readAt < Lifetime ? current : null;

    private async Task<OpenIdConnectConfiguration> ReadAsync(CancellationToken cancel)
    {
        try
        {
            // Plain http passes the rules for loopback alone.
            var documents = new HttpDocumentRetriever(http) { RequireHttps = !new Uri(issuer).IsLoopback };
            var read = await OpenIdConnectConfigurationRetriever.GetAsync($"{IssuerTemplate.Authority(issuer).TrimEnd('/')}/.well-known/openid-configuration", documents, cancel);

            // OpenID Connect Discovery 1.0 section 4.3: or a document found elsewhere could name whatever issuer it likes.
            if (read.Issuer != issuer)
                throw new SecurityTokenInvalidIssuerException($"The discovery document of {issuer} names another issuer.");
            (current, readAt, refresh) = (read, clock.GetUtcNow(), false);
            return read;
        }
        catch (Exception) when (current is not null && !cancel.IsCancellationRequested)
        {
            // What was good a moment ago lasts until the provider answers again.
            refresh = false;
            return current;
        }
    }

    public void Dispose() => reading.Dispose();
}
