using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Network;

/// <summary>
/// Calls to addresses that others gave us (server-side request forgery): a name is resolved once and the connection goes to the address
/// that was looked at, which must be a public one; no redirect, no proxy, no cookie; five seconds and 1 MB in all.
/// </summary>
internal sealed class OutgoingHttp : IDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly IPNetwork[] reachable;

    public OutgoingHttp(IOptions<NetworkOptions> network, IHostEnvironment environment)
    {
        // In Development clients run on the same machine.
        reachable =
        [
            .. network.Value.ReachableNetworks.Select(n => NetworkRules.Parse(n)!.Value),
            .. environment.IsDevelopment() ? new[] { IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128") } : [],
        ];
        Client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxResponseHeadersLength = 16,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout,
            MaxResponseContentBufferSize = 1024 * 1024,
        };
    }

    public HttpClient Client { get; }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var host = context.DnsEndPoint.Host;
        IPAddress[] addresses = [.. (await Dns.GetHostAddressesAsync(host, ct)).Where(IsAllowed)];
        if (addresses.Length == 0)
            throw new HttpRequestException($"{host} has no public address. What is inside is reached when IdentityProvider:Network:ReachableNetworks lists it.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAllowed(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return SpecialAddresses.IsPublic(plain) || reachable.Any(network => network.Contains(plain));
    }

    public void Dispose() => Client.Dispose();
}
