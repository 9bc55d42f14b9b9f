using System.Net;
using System.Net.Sockets;

namespace IdentityProvider.Tests.Deployment;

/// <summary>A caller's address: everything below 127.0.0.0/8 is this machine, and each of them is another peer to who is called.</summary>
internal static class Loopback
{
    public static SocketsHttpHandler From(string address) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port), ct);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
