using System.Globalization;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Deployment;

/// <summary>What an operator runs: two processes in Production behind nginx with TLS, one PostgreSQL, one Redis. Both nodes start at once, as they do there.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private readonly FreshDatabase database = FreshDatabase.Of(DatabaseProvider.PostgreSql);
    private readonly Uri issuer = new($"https://localhost:{IdpHost.FreePort()}");
    private readonly int[] ports = [IdpHost.FreePort(), IdpHost.FreePort()];
    private readonly HostProcess[] nodes = new HostProcess[2];
    private Dictionary<string, string> settings = [];
    private Workspace? workspace;
    private HttpClient? http;
    private Nginx? nginx;

    internal Nginx Nginx => nginx!;

    internal Uri Issuer => issuer;

    /// <summary>Through nginx.</summary>
    internal HttpClient Http => http!;

    internal HostProcess First => nodes[0];

    internal HostProcess Second => nodes[1];

    public async Task InitializeAsync()
    {
        if (NginxFactAttribute.Missing is not null)
            return;
        workspace = new Workspace();
        settings = new Dictionary<string, string>(IdpHost.Generous.Concat(TestRedis.Settings()))
        {
            ["Network:TrustedProxies:0"] = "127.0.0.1",
            ["Setup:Files:0"] = workspace.Write("setup.json", TestDocument.Json),
            ["Shutdown:Delay"] = "00:00:00.3",

            // A slow machine must not turn an answer that was lost into a theft.
            ["Tokens:RefreshTokenGrace"] = "00:01:00",
        };
        await PreparedStore.CreateAsync(database.Options);
        await Task.WhenAll(StartAsync(0), StartAsync(1));
        nginx = await Nginx.StartAsync(issuer, Address(First), Address(Second));
        http = new HttpClient(nginx.WayFrom()) { BaseAddress = issuer };
    }

    internal static string Address(HostProcess node) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{node.Port}");

    internal Browser Browse(string from = "127.0.0.1", string? claims = null) => new(issuer, Nginx.WayFrom(from)) { Address = claims };

    /// <summary>Starts it where it was.</summary>
    internal async Task<HostProcess> RestartAsync(HostProcess node)
    {
        var index = Array.IndexOf(nodes, node);
        await StartAsync(index);
        return nodes[index];
    }

    /// <summary>Asks both in turn until each answered the request after the other's: then the next request goes to the one whose turn it is.</summary>
    internal Task AlternatesAsync() => Eventually.HoldsAsync(async () =>
    {
        var before = Nginx.Log().Count;
        for (var request = 0; request < 4; request++)
        {
            using var answer = await Http.GetAsync(new Uri("/.well-known/jwks", UriKind.Relative));
        }

        var passed = await PassedAsync(before, 4);
        return passed.Zip(passed.Skip(1)).All(pair => pair.First.Node != pair.Second.Node);
    });

    /// <summary>What nginx wrote down since, once it is so much: it writes after it answered.</summary>
    internal async Task<List<Passed>> PassedAsync(int since, int atLeast)
    {
        var passed = new List<Passed>();
        await Eventually.HoldsAsync(() =>
        {
            passed = [.. Nginx.Log().Skip(since)];
            return Task.FromResult(passed.Count >= atLeast);
        });
        return passed;
    }

    internal async Task<T> InStoreAsync<T>(Func<Store, Task<T>> work)
    {
        await using var db = new Store((DbContextOptions<Store>)new DbContextOptionsBuilder<Store>().UseProvider(database.Options).Options);
        return await work(db);
    }

    private async Task StartAsync(int index)
    {
        nodes[index]?.Dispose();
        nodes[index] = await HostProcess.StartAsync(issuer, database.Options, settings, "Production", ports[index]);

        // Whoever asks a node itself stands where the proxy stands.
        nodes[index].Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
    }

    public async Task DisposeAsync()
    {
        http?.Dispose();
        nginx?.Dispose();
        foreach (var node in nodes)
            node?.Dispose();
        if (nginx is not null)
            await database.DisposeAsync();
        workspace?.Dispose();
    }
}
