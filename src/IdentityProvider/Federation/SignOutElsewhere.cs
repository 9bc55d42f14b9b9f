using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Federation;

/// <summary>
/// OpenID Connect RP-Initiated Logout 1.0, as the relying party: who signs out here goes through the provider's sign-out and comes back
/// to what they were about.
/// </summary>
internal sealed class SignOutElsewhere(UpstreamSessions sessions, ProviderCatalog catalog, IDataProtectionProvider protection, IOptions<IdentityProviderOptions> server) : ISignOutElsewhere
{
    private const string Purpose = "federation-signed-out";
    private const int MaxState = 2000;
    private static readonly TimeSpan TimeToReturn = TimeSpan.FromMinutes(15);

    public async ValueTask<Uri?> AddressAsync(Session session, string returnPath, CancellationToken ct)
    {
        if (await sessions.OfAsync(session.Id, ct) is not { } upstream || catalog.Find(upstream.ProviderId) is not { Row.SignsOut: true, IsOffered: true, Circuit.IsOpen: false } provider)
            return null;
        if (await EndpointAsync(provider, ct) is not { } endpoint)
            return null;
        var state = protection.CreateProtector(Purpose, provider.Row.Name).ToTimeLimitedDataProtector().Protect(returnPath, TimeToReturn);
        var parameters = new Dictionary<string, string?>
        {
            [Parameters.ClientId] = provider.Row.ClientId,
            [Parameters.PostLogoutRedirectUri] = new Uri(server.Value.IssuerUri, $"{server.Value.IssuerUri.AbsolutePath.TrimEnd('/')}/federation/{provider.Row.Name}/signed-out").ToString(),
            [Parameters.IdTokenHint] = sessions.IdTokenOf(upstream),
            [Parameters.State] = state.Length <= MaxState ? state : null,
        };
        return new Uri(QueryHelpers.AddQueryString(endpoint.AbsoluteUri, parameters.Where(p => p.Value is not null)));
    }

    /// <summary>GET /federation/{name}/signed-out: back from there. What the state does not vouch for leads to our own page.</summary>
    public static IResult Return(string name, string? state, IDataProtectionProvider protection)
    {
        try
        {
            var path = state is { Length: > 0 and <= MaxState } ? protection.CreateProtector(Purpose, name).ToTimeLimitedDataProtector().Unprotect(state) : null;
            return new SeeOther(path ?? "/signed-out");
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return new SeeOther("/signed-out");
        }
    }

    /// <summary>Null when there is none, or the provider does not answer: signing out here waits for nobody.</summary>
    private static async Task<Uri?> EndpointAsync(KnownProvider provider, CancellationToken ct)
    {
        try
        {
            var document = await ((OpenIdConnectOptions)provider.Options).ConfigurationManager!.GetConfigurationAsync(ct);
            return Uri.TryCreate(document.EndSessionEndpoint, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback) ? uri : null;
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            provider.Circuit.Count(reached: false);
            return null;
        }
    }
}
