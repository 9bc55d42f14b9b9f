using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace IdentityProvider.Themes;

/// <summary><c>/theme/site.0123456789ab.css</c> for good, <c>/theme/site.css</c> as it is now.</summary>
internal static class ThemeEndpoint
{
    public static Results<FileContentHttpResult, NotFound> Serve(string file, HttpContext context, CurrentTheme current)
    {
        var (name, hash) = Split(file);
        var theme = current.Get();
        var asset = theme.Find(name) ?? theme.Find(file);
        if (asset is null)
            return TypedResults.NotFound();

        var headers = context.Response.Headers;
        var (content, encoding) = asset.For(context.Request.Headers.AcceptEncoding.ToString());
        // A page made by a node whose theme is already, or still, another one gets what is here, for now.
        headers.CacheControl = hash == asset.Hash ? "public, max-age=31536000, immutable" : "no-cache";
        headers.XContentTypeOptions = "nosniff";
        // An image opened as a document runs nothing.
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";
        if (asset.Compressible)
            headers.Vary = HeaderNames.AcceptEncoding;
        if (encoding is not null)
            headers.ContentEncoding = encoding;
        return TypedResults.File(content, asset.ContentType, entityTag: new EntityTagHeaderValue($"\"{asset.Hash}{encoding}\""));
    }

    private static (string Name, string? Hash) Split(string file)
    {
        var parts = file.Split('.');
        return parts.Length < 3
            ? (file, null)
            : (string.Join('.', [.. parts[..^2], parts[^1]]), parts[^2]);
    }
}
