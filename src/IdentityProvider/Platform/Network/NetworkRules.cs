using System.Net;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Network;

/// <summary>A proxy is an address or a network and never everybody; a host is a name without scheme and port.</summary>
internal sealed class NetworkRules : IValidateOptions<NetworkOptions>
{
    private const int WidestPrefix = 8;

    public ValidateOptionsResult Validate(string? name, NetworkOptions options)
    {
        List<string> problems =
        [
            .. options.TrustedProxies.Where(p => Parse(p) is null).Select(p => $"\"{p}\" in TrustedProxies is no address and no network. Write 10.0.0.7 or 10.1.0.0/16."),

            // Whoever is believed chooses the address that is counted and logged, and says that http is https.
            .. options.TrustedProxies.Where(p => Parse(p) is { PrefixLength: < WidestPrefix })
                .Select(p => $"\"{p}\" in TrustedProxies believes more than a /{WidestPrefix} network. List the proxies' own addresses."),
            .. options.ReachableNetworks.Where(n => Parse(n) is null).Select(n => $"\"{n}\" in ReachableNetworks is no address and no network. Write 10.0.0.7 or 10.1.0.0/16."),
            .. options.FurtherHosts.Where(h => Uri.CheckHostName(h) == UriHostNameType.Unknown)
                .Select(h => $"\"{h}\" in FurtherHosts is no host name. Write it without scheme, port and wildcard, like idp.internal."),
            .. options.PlacesFile is { Length: > 0 } file && Places.Problem(file) is { } problem ? [$"PlacesFile {problem}, or remove the setting."] : Array.Empty<string>(),
        ];
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    public static IPNetwork? Parse(string text) =>
        IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(text, out var network) ? network
        : null;
}
