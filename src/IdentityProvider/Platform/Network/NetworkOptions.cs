using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Platform.Network;

/// <summary>What stands between people and this server, and by which names it answers.</summary>
public sealed class NetworkOptions
{
    /// <summary>
    /// Addresses or networks (<c>10.0.0.7</c>, <c>10.1.0.0/16</c>, <c>fd00::/8</c>) of the reverse proxies whose <c>X-Forwarded-For</c> and
    /// <c>X-Forwarded-Proto</c> are believed (at most 50). Without any, nobody's are.
    /// </summary>
    [MaxLength(50)]
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>
    /// Further host names by which this server is reached, besides the issuer's own (at most 50): a service name inside a cluster.
    /// Every other Host header is refused. Tokens and links name the issuer all the same.
    /// </summary>
    [MaxLength(50)]
    public IList<string> FurtherHosts { get; } = [];

    /// <summary>
    /// Addresses or networks inside (<c>10.1.0.0/16</c>) that this server may call when a client names an address there, for back-channel
    /// logout (at most 50). Otherwise only public addresses are called; in Development also this machine.
    /// </summary>
    [MaxLength(50)]
    public IList<string> ReachableNetworks { get; } = [];

    /// <summary>
    /// A MaxMind DB file of cities or countries (<c>GeoLite2-City.mmdb</c>, which MaxMind gives out after registration, or one in the same form).
    /// With it lists of sessions and mails about an account name the rough place beside the IP address; without it none do. Read into memory (a
    /// city file takes some 60 MB), and anew within a minute when it changes.
    /// </summary>
    [StringLength(1000, MinimumLength = 1)]
    public string? PlacesFile { get; set; }

    /// <summary>How long browsers remember that this server is reached by https only (0 to 730 days; 365 days). 0 sends no such header (RFC 6797).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "730.00:00:00")]
    public TimeSpan HstsMaxAge { get; set; } = TimeSpan.FromDays(365);

    /// <summary>Whether browsers extend that to every name below the issuer's host. Only if all of them speak https.</summary>
    public bool HstsIncludeSubDomains { get; set; }
}
