using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// A refusal for programs (RFC 9457): <c>type</c> names the kind and stays, <c>detail</c> says what to change, <c>errorId</c> leads to the record
/// in the log. The admin API answers every refusal so.
/// </summary>
internal static class ProblemDocument
{
    public const string ContentType = "application/problem+json";

    public static string TypeOf(string kind) => $"urn:identityprovider:problem:{kind}";

    public static Task WriteAsync(HttpContext http, int status, string kind, string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.CacheControl = "no-store";
        var members = new Dictionary<string, object>
        {
            ["type"] = TypeOf(kind),
            ["title"] = ReasonPhrases.GetReasonPhrase(status),
            ["status"] = status,
            ["detail"] = detail,
        };
        if (errors is not null)
            members["errors"] = errors;
        members["errorId"] = ErrorInfo.IdOf(http);
        return http.Response.WriteAsJsonAsync(members, options: null, ContentType);
    }
}
