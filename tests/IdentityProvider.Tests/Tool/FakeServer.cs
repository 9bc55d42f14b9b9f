using System.Security.Cryptography.X509Certificates;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Tests.Tool;

/// <summary>A server that answers as the test says, for what a real one does seldom or never.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeServer(WebApplication app, Uri address) => (this.app, Address) = (app, address);

    public Uri Address { get; }

    /// <summary>Method and path of each request.</summary>
    public List<string> Asked { get; } = [];

    public static async Task<FakeServer> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null)
    {
        var address = new Uri($"{(certificate is null ? "http" : "https")}://localhost:{IdpHost.FreePort()}");
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(address.Port, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var server = new FakeServer(app, address);
        app.Run(http =>
        {
            lock (server.Asked)
                server.Asked.Add($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}");
            return answer(http);
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>The tool with a token for it.</summary>
    public ToolBench Tool() => new() { Variables = { ["IDP_SERVER"] = Address.ToString(), ["IDP_TOKEN"] = "secret-token" } };

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
