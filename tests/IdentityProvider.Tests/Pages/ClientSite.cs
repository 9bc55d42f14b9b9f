using System.Collections.Concurrent;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Tests.Pages;

/// <summary>What a browser brought to the client.</summary>
internal sealed record Arrival(string Method, string Path, IReadOnlyDictionary<string, string> Values);

/// <summary>A client's web site on a site of its own, whose callback may send the browser on to a second origin.</summary>
internal sealed class ClientSite : IAsyncDisposable
{
    private readonly WebApplication app;

    private ClientSite(WebApplication app, Uri origin, Uri elsewhere) => (this.app, Origin, Elsewhere) = (app, origin, elsewhere);

    public Uri Origin { get; }
    public Uri Elsewhere { get; }
    public ConcurrentQueue<Arrival> Arrivals { get; } = [];
    public string Callback => new Uri(Origin, "/callback").ToString();
    public string Relay => new Uri(Origin, "/relay").ToString();
    public string Bye => new Uri(Origin, "/bye").ToString();

    public static async Task<ClientSite> StartAsync()
    {
        var (origin, elsewhere) = (new Uri($"http://127.0.0.1:{IdpHost.FreePort()}"), new Uri($"http://127.0.0.1:{IdpHost.FreePort()}"));
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(origin.ToString(), elsewhere.ToString());
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var site = new ClientSite(app, origin, elsewhere);
        app.Run(site.AnswerAsync);
        await app.StartAsync();
        return site;
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Path == "/favicon.ico")
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var values = http.Request.HasFormContentType
            ? (await http.Request.ReadFormAsync()).ToDictionary(f => f.Key, f => f.Value.ToString())
            : http.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString());
        Arrivals.Enqueue(new Arrival(http.Request.Method, http.Request.Path, values));
        if (http.Request.Path == "/relay")
        {
            http.Response.Redirect(new Uri(Elsewhere, "/landed" + http.Request.QueryString).ToString());
            return;
        }

        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync("<!doctype html><html lang=en><title>Corner Shop</title><main><h1>Welcome to the shop</h1></main>");
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
