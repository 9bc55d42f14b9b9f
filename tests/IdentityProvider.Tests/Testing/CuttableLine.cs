using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace IdentityProvider.Tests.Testing;

/// <summary>A line to a server that a test cuts and mends.</summary>
internal sealed class CuttableLine : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> open = [];
    private readonly string host;
    private readonly int port;
    private volatile bool isCut, isHeld;

    public CuttableLine(string address)
    {
        (host, port) = (address.Split(':')[0], int.Parse(address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public string Address => $"127.0.0.1:{Port}";

    public void Cut()
    {
        isCut = true;
        foreach (var client in open)
            client.Dispose();
    }

    /// <summary>It stands, and nothing comes through.</summary>
    public void Hold() => isHeld = true;

    public void Mend() => (isCut, isHeld) = (false, false);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                if (isCut)
                    client.Dispose();
                else
                    _ = CarryAsync(client);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var server = new TcpClient();
        open.Add(client);
        open.Add(server);
        try
        {
            await server.ConnectAsync(host, port);
            await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream()), CopyAsync(server.GetStream(), client.GetStream()));
        }
        catch (Exception failure) when (failure is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }

        client.Dispose();
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer) is > 0 and var count)
        {
            while (isHeld)
                await Task.Delay(20);
            await to.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    public void Dispose()
    {
        isHeld = false;
        Cut();
        listener.Dispose();
    }
}
