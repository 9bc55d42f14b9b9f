using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Tests.Sessions;

/// <summary>A relying party that listens for logout tokens, and may answer late, wrongly, or not at all.</summary>
internal sealed class LogoutReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Channel<string> tokens = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource closing = new();

    private LogoutReceiver(WebApplication app) => this.app = app;

    public Uri Address => new(new Uri(app.Urls.Single()), "/logout");

    /// <summary>The statuses of the next answers; 200 when there are none left, and null never answers.</summary>
    public Queue<int?> Answers { get; } = new();

    public static async Task<LogoutReceiver> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new LogoutReceiver(app);
        app.MapPost("/logout", receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>The next logout token, which has to come within two seconds.</summary>
    public async Task<string> NextAsync(double seconds = 2)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        return await tokens.Reader.ReadAsync(limit.Token);
    }

    public bool IsQuiet => !tokens.Reader.TryPeek(out _);

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        await tokens.Writer.WriteAsync(form["logout_token"].ToString());
        if (!Answers.TryDequeue(out var status))
            return Results.Ok();
        if (status is null)
            await closing.Task;
        return Results.StatusCode(status ?? 503);
    }

    public async ValueTask DisposeAsync()
    {
        closing.TrySetResult();
        await app.DisposeAsync();
    }
}
