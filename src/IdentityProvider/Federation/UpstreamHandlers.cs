using System.Text.Encodings.Web;
using IdentityProvider.Platform;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Google;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Federation;

/// <summary>
/// Runs the framework's handler of a provider for one request. They are no schemes of the application: each of those is made anew for
/// every request to whatever page, and cannot be changed while the server runs without much ado.
/// </summary>
internal sealed class UpstreamHandlers(ILoggerFactory loggers, HtmlEncoder html, UrlEncoder url, IOptions<IdentityProviderOptions> server)
{
    public const string CookiePrefix = "federation-";
    private const int MaxCookies = 10;

    /// <summary>Sends the browser to the provider.</summary>
    public async Task ChallengeAsync(HttpContext http, KnownProvider provider, AuthenticationProperties properties)
    {
        Tidy(http);
        await (await CreateAsync(http, provider)).ChallengeAsync(properties);
    }

    /// <summary>The address to send the browser to, for who answers a form: a redirect would be blocked by the page's form-action.</summary>
    public async Task<Uri?> AddressAsync(HttpContext http, KnownProvider provider, AuthenticationProperties properties)
    {
        await ChallengeAsync(http, provider, properties);
        var address = http.Response.Headers.Location.ToString();
        http.Response.Headers.Remove("Location");
        http.Response.StatusCode = StatusCodes.Status200OK;
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) ? uri : null;
    }

    /// <summary>What the browser brought back.</summary>
    public async Task<UpstreamAnswer> ReceiveAsync(HttpContext http, KnownProvider provider)
    {
        await (await CreateAsync(http, provider)).HandleRequestAsync();
        var answer = UpstreamAnswer.Of(http);

        // What throws inside a handler comes without what we gave the browser on its way; the state still says it.
        return answer.Properties is null && http.Request.Query["state"].ToString() is { Length: > 0 } state ? answer with { Properties = Read(provider, state) } : answer;
    }

    private static AuthenticationProperties? Read(KnownProvider provider, string state) => provider.Options switch
    {
        OpenIdConnectOptions options => options.StateDataFormat.Unprotect(state),
        OAuthOptions options => options.StateDataFormat.Unprotect(state),
        _ => null,
    };

    private async Task<IAuthenticationRequestHandler> CreateAsync(HttpContext http, KnownProvider provider)
    {
        // The redirect URI is the issuer's, by whatever of our names the browser came.
        http.Request.Scheme = server.Value.IssuerUri.Scheme;
        http.Request.Host = HostString.FromUriComponent(server.Value.IssuerUri);
        IAuthenticationRequestHandler handler = provider.Options switch
        {
            OpenIdConnectOptions options => new OpenIdConnectHandler(new FixedOptions<OpenIdConnectOptions>(options), loggers, html, url),
            GoogleOptions options => new GoogleHandler(new FixedOptions<GoogleOptions>(options), loggers, url),
            OAuthOptions options => new OAuthHandler<OAuthOptions>(new FixedOptions<OAuthOptions>(options), loggers, url),
            _ => throw new InvalidOperationException("There is no handler for this kind of provider."),
        };
        await handler.InitializeAsync(new AuthenticationScheme(provider.Row.Name, provider.Row.DisplayName, handler.GetType()), http);
        return handler;
    }

    /// <summary>Whoever starts again and again leaves cookies behind; too many, and no request of theirs is small enough to be read.</summary>
    private static void Tidy(HttpContext http)
    {
        var ours = http.Request.Cookies.Keys.Where(name => name.Contains(CookiePrefix, StringComparison.Ordinal)).ToList();
        if (ours.Count < MaxCookies)
            return;
        foreach (var name in ours)
            http.Response.Cookies.Delete(name, new CookieOptions { Path = "/", Secure = name.StartsWith("__Host-", StringComparison.Ordinal) });
    }
}
