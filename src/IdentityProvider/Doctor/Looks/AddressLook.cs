using System.Runtime.CompilerServices;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Network;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Doctor.Looks;

/// <summary>What follows from the issuer: how cookies are sent, and who ends TLS.</summary>
internal sealed class AddressLook(IOptions<IdentityProviderOptions> server, IOptions<NetworkOptions> network, IConfiguration configuration) : ILook
{
    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        var issuer = server.Value.IssuerUri;
        var isSecure = issuer.Scheme == Uri.UriSchemeHttps;
        yield return isSecure
            ? new("cookies", Level.Ok, $"Cookies are __Host-, Secure and SameSite=Lax, for {issuer.Host} alone: no other host and no frame of another site gets them.")
            : new("cookies", Level.Warning, $"The issuer is http: cookies are not Secure, and a browser that reaches the server by https or by another host than {issuer.Host} is signed out at once.", "For this machine in Development only. Elsewhere use an https issuer, and open exactly that address.");
        var listening = Addresses();
        var proxies = network.Value.TrustedProxies;
        if (isSecure && listening.Count > 0 && listening.All(address => address.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) && proxies.Count == 0)
            yield return new("proxy", Level.Problem, $"The issuer is https, the server listens on {string.Join(", ", listening)}, and no proxy is believed: pages redirect without end, and clients are answered 400.", "List the proxy that ends TLS in IdentityProvider:Network:TrustedProxies and let it send X-Forwarded-For and X-Forwarded-Proto; or let the server listen on https.");
        else if (!isSecure && proxies.Count > 0)
            yield return new("proxy", Level.Warning, "A proxy is believed, and the issuer is http.", "Write the address that people see, with https, into IdentityProvider:Issuer.");
        else
            yield return new("proxy", Level.Ok, proxies.Count == 0 ? "No proxy is believed: the address of a request is that of the connection." : $"Believed: {string.Join(", ", proxies)}. The proxy has to pass the Host header on.");
    }

    /// <summary>Where Kestrel is told to listen, as far as it is configured.</summary>
    private List<string> Addresses() =>
    [
        .. (configuration["urls"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        .. configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>(),
        .. (configuration["http_ports"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(port => $"http://*:{port}"),
        .. (configuration["https_ports"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(port => $"https://*:{port}"),
    ];
}
