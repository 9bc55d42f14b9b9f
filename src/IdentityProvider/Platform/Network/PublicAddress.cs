using System.Collections.Frozen;
using System.Globalization;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Network;

/// <summary>
/// Lets through what was sent to our own name over https. Another Host header is refused (poisoned links and caches, DNS rebinding);
/// a person who typed http is led to https, a client that sends secrets over http is told so and not served.
/// </summary>
internal sealed class PublicAddress(RequestDelegate next, IOptions<IdentityProviderOptions> root, IOptions<NetworkOptions> network)
{
    private readonly Uri issuer = root.Value.IssuerUri;
    private readonly FrozenSet<string> hosts = network.Value.FurtherHosts.Append(root.Value.IssuerUri.Host).ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private readonly string? strictTransport = Hsts(root.Value.IssuerUri, network.Value);

    public Task InvokeAsync(HttpContext http)
    {
        if (!hosts.Contains(http.Request.Host.Host))
            return ErrorResponses.WriteAsync(http, new ErrorInfo(StatusCodes.Status421MisdirectedRequest, "invalid_request", $"This server does not answer to this host name. Use {issuer}.")
            {
                Heading = "This is not the address of this server",
                Advice = $"Open {issuer} instead.",
            });
        if (strictTransport is null && issuer.Scheme != Uri.UriSchemeHttps)
            return next(http);
        if (http.Request.IsHttps)
        {
            if (strictTransport is not null)
                http.Response.Headers.StrictTransportSecurity = strictTransport;
            return next(http);
        }

        // What a client sent in the clear is spent, and leading it on would hide the fault (RFC 6749 section 3.2, RFC 9700 section 2.6).
        if (Routes.IsProtocol(http.Request.Path) || !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)))
            return ErrorResponses.WriteAsync(http, new ErrorInfo(StatusCodes.Status400BadRequest, "invalid_request", $"This server is reached by https only: {issuer}. Behind a proxy, list it in IdentityProvider:Network:TrustedProxies and let it send X-Forwarded-Proto.")
            {
                Heading = "This connection is not secure",
                Advice = $"Open {issuer} instead.",
            });
        http.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        http.Response.Headers.Location = issuer.GetLeftPart(UriPartial.Authority) + http.Request.PathBase.ToUriComponent() + http.Request.Path.ToUriComponent() + http.Request.QueryString.ToUriComponent();
        return Task.CompletedTask;
    }

    private static string? Hsts(Uri issuer, NetworkOptions options) =>
        issuer.Scheme == Uri.UriSchemeHttps && options.HstsMaxAge > TimeSpan.Zero
            ? $"max-age={((long)options.HstsMaxAge.TotalSeconds).ToString(CultureInfo.InvariantCulture)}{(options.HstsIncludeSubDomains ? "; includeSubDomains" : "")}"
            : null;
}
