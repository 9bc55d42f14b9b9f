using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// A change names the state it was made from (<c>If-Match</c>, RFC 9110 section 13.1.1), so that nobody undoes what they have not seen. The
/// tag is a digest of what was shown, or the version of a row.
/// </summary>
internal static class EntityTag
{
    public static string Of(params IEnumerable<string>[] shown) => $"\"{Base64Url.EncodeToString(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(shown)).AsSpan(..16))}\"";

    /// <returns>Null when it is the one; 428 without a tag, 412 with another.</returns>
    public static ErrorResult? Stale(HttpContext http, string tag)
    {
        var given = http.Request.Headers.IfMatch;
        if (given.Count == 0)
            return Refusals.NoTag;
        return given.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries)).Any(one => one == "*" || one == tag) ? null : Refusals.Changed;
    }

    /// <summary>The same for a page, whose form says which state it was made from.</summary>
    public static Func<string, IResult?> SeenBy(string? version) => tag => version == tag ? null : Refusals.Changed;

    public static Func<string, IResult?> SeenBy(HttpContext http) => tag => Stale(http, tag);

    public static IResult Show(HttpContext http, object answer, string tag, string? location = null)
    {
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "no-store";
        if (location is not null)
            http.Response.Headers.Location = http.Request.PathBase + location;
        return Results.Json(answer, statusCode: location is null ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }
}
