using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>Turns the answer the engine is about to write into 429 with Retry-After (RFC 6585 section 4).</summary>
internal static class RetryLater
{
    public static void Say(HttpContext http, TimeSpan retryAfter) => http.Response.OnStarting(() =>
    {
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        http.Response.Headers.RetryAfter = Seconds(retryAfter);
        return Task.CompletedTask;
    });

    public static string Seconds(TimeSpan retryAfter) => Math.Max(1, Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
