using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Platform.Shutdown;

/// <summary>A process that is told to stop, under load.</summary>
public sealed class LeavingInOrder
{
    private const string Form = "grant_type=client_credentials&scope=notes:read";

    /// <summary>As a balancer does it: asks whether the node is ready and sends it nothing more when it is not. Whatever was sent until then is answered.</summary>
    [Fact]
    public async Task Under_load_nobody_who_asks_whether_it_is_ready_is_cut_off()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var beside = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        using var node = await HostProcess.StartAsync(beside, database.Options, new() { ["Shutdown:Delay"] = "00:00:03" });
        using var ready = new CancellationTokenSource();
        var answers = new ConcurrentBag<HttpStatusCode>();
        var load = Enumerable.Range(0, 6).Select(async line =>
        {
            while (!ready.IsCancellationRequested)
            {
                using var request = new HttpRequestMessage(line % 2 == 0 ? HttpMethod.Post : HttpMethod.Get, line % 2 == 0 ? "/connect/token" : "/device");
                if (line % 2 == 0)
                {
                    request.Content = new StringContent(Form, Encoding.ASCII, "application/x-www-form-urlencoded");
                    request.Headers.Authorization = RelyingParty.Basic("worker", TestDocument.Secret);
                }

                using var answer = await node.Http.SendAsync(request);
                await answer.Content.ReadAsStringAsync();
                answers.Add(answer.StatusCode);
            }
        }).ToList();
        await Eventually.HoldsAsync(() => Task.FromResult(answers.Count > 100));

        var ending = node.TerminateAsync();
        var said = new List<string>();
        while (!ready.IsCancellationRequested)
        {
            using var answer = await node.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            said.Add(await answer.Content.ReadAsStringAsync());
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
                await ready.CancelAsync();
        }

        using (var live = await node.Http.GetAsync(new Uri("/health/live", UriKind.Relative)))
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        await Task.WhenAll(load);
        var (code, took) = await ending;
        Assert.Equal("""{"status":"stopping"}""", said[^1]);
        Assert.All(answers, status => Assert.True((int)status < 400, $"{status}"));
        Assert.Equal(0, code);
        Assert.InRange(took.TotalSeconds, 2.5, 30);
    }

    /// <summary>Without the delay, and with a request that is half sent when the word comes: it is answered whole.</summary>
    [Fact]
    public async Task A_request_in_flight_is_answered_and_a_new_one_is_not_taken()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var beside = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        using var node = await HostProcess.StartAsync(beside, database.Options);
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, node.Http.BaseAddress!.Port);
        var stream = slow.GetStream();
        var head = $"POST /connect/token HTTP/1.1\r\nHost: {beside.Issuer.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nAuthorization: {RelyingParty.Basic("worker", TestDocument.Secret)}\r\nContent-Length: {Form.Length}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + Form[..20]));
        using (var before = await node.Http.GetAsync(new Uri("/health/ready", UriKind.Relative)))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        var ending = node.TerminateAsync();
        await Eventually.HoldsAsync(async () => await RefusesAsync(node));
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Form[20..]));
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var answer = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        Assert.Contains("access_token", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.OrdinalIgnoreCase);
        var (code, took) = await ending;
        Assert.Equal(0, code);
        Assert.InRange(took.TotalSeconds, 0, 30);
    }

    /// <summary>Whoever never ends what they began is cut off, and the process goes all the same.</summary>
    [Fact]
    public async Task Who_never_ends_holds_nobody_up()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var beside = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        using var node = await HostProcess.StartAsync(beside, database.Options, new() { ["Shutdown:Timeout"] = "00:00:02" });
        using var slow = new TcpClient();
        await slow.ConnectAsync(IPAddress.Loopback, node.Http.BaseAddress!.Port);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /connect/token HTTP/1.1\r\nHost: {beside.Issuer.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\ngrant_type="));
        using (var before = await node.Http.GetAsync(new Uri("/health/ready", UriKind.Relative)))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        var (code, took) = await node.TerminateAsync();
        Assert.Equal(0, code);
        Assert.InRange(took.TotalSeconds, 0, 15);
    }

    private static async Task<bool> RefusesAsync(HostProcess node)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, node.Http.BaseAddress!.Port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
