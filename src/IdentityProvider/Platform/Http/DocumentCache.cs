using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// Serves discovery and JWKS as bytes, ahead of authentication, with ETag and max-age. A document is made anew after
/// <see cref="Freshness"/>, so a new key or scope shows within that time on every node.
/// </summary>
internal sealed class DocumentCache(RequestDelegate next, TimeProvider clock)
{
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

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
        if (!documents.TryGetValue(path, out var document) || clock.GetElapsedTime(document.MadeAt) > Freshness)
        {
            if (await RenderAsync(http) is not { } body)
                return;
            document = documents[path] = new Document(body, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\""), clock.GetTimestamp());
        }

        await ServeAsync(http, document, cacheControl);
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
    private async Task<byte[]?> RenderAsync(HttpContext http)
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
        await wire.WriteAsync(memory.ToArray(), http.RequestAborted);
        return null;
    }
}
