using System.Text.Json.Nodes;
using IdentityProvider.Tool.SignIn;

namespace IdentityProvider.Tool.Doctor;

/// <summary>What clients read first: where everything is, and the keys.</summary>
internal static class DiscoveryChecks
{
    private const string Name = "discovery", Proxy = "proxy";

    public static async Task<(JsonObject? Document, IReadOnlyList<Finding> Findings)> ReadAsync(Probe probe)
    {
        var (document, words) = await probe.JsonAsync(probe["/.well-known/openid-configuration"]);
        if (document is null)
            return (null, [new(Name, Health.Fail, words, "Is the server running, and does the proxy pass /.well-known/openid-configuration on to it, with the host that was asked? IdentityProvider:Issuer must be that address.")]);
        var (asked, issuer) = (Servers.Text(probe.Server), document["issuer"]?.ToString() ?? "");
        var findings = new List<Finding>
        {
            issuer.TrimEnd('/') == asked
                ? new(Name, Health.Ok, $"the issuer is {issuer}")
                : new(Name, Health.Fail, $"the server calls itself {issuer}, and was asked at {asked}", $"Clients refuse that. Use {issuer} everywhere, or set IdentityProvider:Issuer to {asked}."),
        };
        var elsewhere = document.Where(member => member.Key.EndsWith("_endpoint", StringComparison.Ordinal) || member.Key == "jwks_uri").Select(member => member.Value?.ToString() ?? "").Where(address => !address.StartsWith(asked + "/", StringComparison.Ordinal)).ToList();
        findings.Add(elsewhere.Count == 0
            ? new(Proxy, Health.Ok, "all endpoints have the address that was asked")
            : new(Proxy, Health.Fail, $"{elsewhere.Count} endpoints have another address, as {elsewhere[0]}", "Scheme, host and path must be those of the issuer. Set IdentityProvider:Issuer to the public address, and let the proxy pass on host and scheme."));
        return (document, findings);
    }

    public static async Task<IReadOnlyList<Finding>> KeysAsync(Probe probe, JsonObject document)
    {
        if (!Uri.TryCreate(document["jwks_uri"]?.ToString(), UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
            return [new("keys", Health.Fail, "the discovery document names no key set")];
        var (keys, words) = await probe.JsonAsync(address);
        return (keys?["keys"] as JsonArray)?.Count switch
        {
            null => [new("keys", Health.Fail, words.Length > 0 ? words : $"{address} is no key set", "Clients can check no signature. Does the proxy pass this address on?")],
            0 => [new("keys", Health.Fail, "the key set is empty", "Clients can check no signature. Look into the server's log: the master key may not open the signing keys.")],
            var count => [new("keys", Health.Ok, $"{count} published")],
        };
    }
}
