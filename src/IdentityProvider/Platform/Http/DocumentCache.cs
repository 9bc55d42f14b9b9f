using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// Serves discovery and JWKS as bytes, ahead of authentication, with ETag and max-age. A document is made anew after
/// <see cref="Freshness"/>, so a new key or scope shows within that time on every node. One that cannot be made anew, because the database is away, is
/// served as it was: APIs go on checking tokens by themselves.
/// </summary>
internal sealed class DocumentCache(RequestDelegate next, TimeProvider clock)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    /// <summary>Longer no client waits for what there is an older one of.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly Dictionary<string, string> MaxAge = new(StringComparer.Ordinal)
    {
        ["/.well-known/openid-configuration"] = "public, max-age=300",
        ["/.well-known/oauth-authorization-server"] = "public, max-age=300",
        ["/.well-known/jwks"] = "public, max-age=3600",
    };

    private readonly ConcurrentDictionary<string, Document> documents = new(StringComparer.Ordinal);

    private sealed record Document(byte[] Body, EntityTagHeaderValue Tag, long MadeAt);

    public async Task InvokeAsync(HttpContext http)
    {
        if (!MaxAge.TryGetValue(http.Request.Path.Value ?? "", out var cacheControl) || !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) || http.Request.QueryString.HasValue)
        {
            await next(http);
            return;
        }

        var path = http.Request.Path.Value!;
        if (!documents.TryGetValue(path, out var document))
        {
            if (await RenderAsync(http) is not { } body)
                return;
            document = documents[path] = Of(body);
        }
        else if (clock.GetElapsedTime(document.MadeAt) > Freshness)
        {
            // Whoever comes meanwhile is served the one there is.
            documents[path] = document with { MadeAt = clock.GetTimestamp() };
            if (await RenewAsync(http) is { } body)
                document = documents[path] = Of(body);
        }

        await ServeAsync(http, document, cacheControl);
    }

    private Document Of(byte[] body) => new(body, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\""), clock.GetTimestamp());

    private async Task<byte[]?> RenewAsync(HttpContext http)
    {
        var aborted = http.RequestAborted;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        patience.CancelAfter(Patience);
        http.RequestAborted = patience.Token;
        try
        {
            return await RenderAsync(http, passOn: false);
        }
        catch (Exception) when (!aborted.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            http.RequestAborted = aborted;
        }
    }

    private static Task ServeAsync(HttpContext http, Document document, string cacheControl)
    {
        var headers = http.Response.GetTypedHeaders();
        headers.ETag = document.Tag;
        http.Response.Headers.CacheControl = cacheControl;

        // The answer to a registered origin names it (CORS): a cache must not give it to another.
        http.Response.Headers.Vary = HeaderNames.Origin;
        if (http.Request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Compare(document.Tag, useStrongComparison: false) || tag == EntityTagHeaderValue.Any))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "application/json;charset=UTF-8";
        http.Response.ContentLength = document.Body.Length;
        return http.Response.Body.WriteAsync(document.Body, http.RequestAborted).AsTask();
    }

    /// <summary>Lets the pipeline write the document into memory; an answer other than 200 is passed on and not kept.</summary>
    private async Task<byte[]?> RenderAsync(HttpContext http, bool passOn = true)
    {
        var (wire, method) = (http.Response.Body, http.Request.Method);
        using var memory = new MemoryStream();
        http.Response.Body = memory;

        // The engine knows GET only; whoever asks for the head alone is told the length and the tag of the same document.
        http.Request.Method = HttpMethods.Get;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = wire;
            http.Request.Method = method;
        }

        if (http.Response.StatusCode == StatusCodes.Status200OK)
            return memory.ToArray();
        if (passOn)
            await wire.WriteAsync(memory.ToArray(), http.RequestAborted);
        return null;
    }
}
