using System.Diagnostics;

namespace IdentityProvider.Platform.Metrics;

/// <summary>The source of this server's own spans: what costs time within a request. Nothing is in them that a person or a client sent.</summary>
internal static class ServerActivity
{
    public static readonly ActivitySource Source = new(ServerMeter.Name);
}
