using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>Where a request comes from: as it is counted, and as it is shown.</summary>
internal static class ClientAddress
{
    /// <summary>
    /// The peer's IPv4 address, or its IPv6 /64: one subscriber owns a whole /64 and would have 2^64 tries.
    /// Forwarded headers count only where the forwarded-headers middleware has put them into the connection.
    /// </summary>
    public static string Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    /// <summary>The whole address, for people who look at where they are signed in.</summary>
    public static string Shown(HttpContext context) => Shown(context.Connection.RemoteIpAddress);

    public static string Shown(IPAddress? address) => Plain(address)?.ToString() ?? Local;

    // A Unix socket has no address: everything behind it is one peer.
    private const string Local = "local";

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    internal static string Of(IPAddress? peer)
    {
        if (Plain(peer) is not { } address)
            return Local;
        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
