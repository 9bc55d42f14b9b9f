using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>Who is counted when strangers are counted.</summary>
internal static class ClientAddress
{
    /// <summary>
    /// The peer's IPv4 address, or its IPv6 /64: one subscriber owns a whole /64 and would have 2^64 tries.
    /// Forwarded headers count only where the forwarded-headers middleware has put them into the connection.
    /// </summary>
    public static string Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    internal static string Of(IPAddress? address)
    {
        // A Unix socket has no address: everything behind it is one peer.
        if (address is null)
            return "local";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
