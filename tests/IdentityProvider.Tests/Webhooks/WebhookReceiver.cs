using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;

namespace IdentityProvider.Tests.Webhooks;

/// <summary>A message as it came in: the headers and the exact body.</summary>
internal sealed record Message(IHeaderDictionary Headers, string Body)
{
    public string Id => Headers["webhook-id"].ToString();
    public string Signature => Headers["webhook-signature"].ToString();
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
    public string Type => Json.GetProperty("type").GetString()!;

    /// <summary>
    /// As a library that we did not write sees it: wrong signatures throw. It looks at the first alone, where Standard Webhooks 1.0 has receivers try
    /// each, so it is shown one after the other.
    /// </summary>
    public void Verify(string secret)
    {
        var signatures = Signature.Split(' ');
        foreach (var (signature, i) in signatures.Select((signature, i) => (signature, i)))
        {
            try
            {
                new StandardWebhook(secret).Verify(Body, new HeaderDictionary(Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase)) { ["webhook-signature"] = signature });
                return;
            }
            catch (WebhookVerificationException) when (i + 1 < signatures.Length)
            {
            }
        }
    }
}

/// <summary>A server that is told, and may answer wrongly, late, or not at all.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TaskCompletionSource closing = new();

    private WebhookReceiver(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single() + "/hook";

    public ConcurrentQueue<Message> Messages { get; } = [];

    /// <summary>The statuses of the next answers; when there are none left, <see cref="Usual"/>. Null never answers.</summary>
    public ConcurrentQueue<int?> Answers { get; } = [];

    public int? Usual { get; set; } = 204;

    public string? RetryAfter { get; set; }

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new WebhookReceiver(app);
        app.MapPost("/hook", receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        Messages.Enqueue(new Message(new HeaderDictionary(request.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase)), await reader.ReadToEndAsync()));
        if (!Answers.TryDequeue(out var status))
            status = Usual;
        if (status is null)
            await closing.Task;
        if (RetryAfter is not null)
            request.HttpContext.Response.Headers.RetryAfter = RetryAfter;
        if (status is 302)
            request.HttpContext.Response.Headers.Location = "/hook";
        return Results.StatusCode(status ?? 503);
    }

    public async ValueTask DisposeAsync()
    {
        closing.TrySetResult();
        await app.DisposeAsync();
    }
}
