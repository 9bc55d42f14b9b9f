using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Account;

/// <summary>
/// Serves a picture to whoever knows its address, as the claim <c>picture</c> is meant to be used: by the pages of clients, without
/// a sign-in. The address is a secret that only the person and the apps they allowed have.
/// </summary>
internal static class PictureEndpoint
{
    public static async Task<IResult> HandleAsync(string name, HttpContext http, Store db, CancellationToken ct)
    {
        var content = name.Length == 43 ? await db.Set<Picture>().Where(p => p.Name == name).Select(p => p.Content).FirstOrDefaultAsync(ct) : null;
        if (content is null)
            return Results.NotFound();
        http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return Results.Bytes(content, "image/webp");
    }
}
