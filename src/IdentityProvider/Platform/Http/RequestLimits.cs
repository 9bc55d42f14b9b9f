using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// Looks at size, count and repetition before any work is done with a request: an unbounded scope list once cost
/// minutes of processor time for one anonymous POST (the class of CVE-2026-4634).
/// </summary>
internal sealed class RequestLimits(RequestDelegate next, IEnumerable<LargeBody> largeBodies)
{
    public const int BodyBytes = 64 * 1024, Fields = 64;
    private const int Default = 2000;

    public static readonly ErrorInfo TooLarge = new(StatusCodes.Status413PayloadTooLarge, "invalid_request", "The request body is larger than allowed.")
    {
        Heading = "This is too large",
        Advice = "Go back and send less at once. A picture may have at most 1 MB.",
    };

    public static readonly ErrorInfo BadForm = new(StatusCodes.Status400BadRequest, "invalid_request", $"The form is not well-formed, or has more than {Fields} fields.");

    /// <summary>Shortest and longest value in characters (RFC 7636 for PKCE); what is not named here may have <see cref="Default"/>.</summary>
    private static readonly FrozenDictionary<string, (int Min, int Max)> Lengths = new (int Min, int Max, string[] Names)[]
    {
        (0, 10, ["max_age", "code_challenge_method"]),
        (0, 50, ["display", "response_mode", "user_code"]),
        (0, 100, ["prompt", "response_type", "token_type_hint"]),
        (0, 200, ["grant_type", "client_assertion_type"]),
        (0, 256, ["login_hint", "acr_values", "ui_locales", "claims_locales", "username", "password"]),
        (0, 400, ["client_id", "client_secret"]),
        (0, 512, ["nonce"]),
        (0, 4000, ["claims"]),
        (43, 43, ["code_challenge"]),
        (43, 128, ["code_verifier"]),
        (0, 16 * 1024, ["client_assertion", "code", "refresh_token", "device_code", "token", "id_token_hint", "logout_token"]),
    }.SelectMany(limit => limit.Names.Select(name => (name, limit))).ToFrozenDictionary(l => l.name, l => (l.limit.Min, l.limit.Max), StringComparer.Ordinal);

    /// <summary>Parameters that may come several times (RFC 8707 section 2, RFC 8693 section 2.1).</summary>
    private static readonly HashSet<string> Repeatable = new(StringComparer.Ordinal) { "resource", "audience" };

    public async Task InvokeAsync(HttpContext http)
    {
        var large = HttpMethods.IsPost(http.Request.Method) ? largeBodies.FirstOrDefault(l => l.Path == http.Request.Path) : null;
        var limit = large?.Bytes ?? BodyBytes;
        var size = http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature ? feature : null;
        if (http.Request.ContentLength > limit)
        {
            // A browser reads no answer while it is still sending: the server takes the rest of a file and drops it, for its usual seconds.
            if (large is not null && size is not null)
                size.MaxRequestBodySize = null;
            await ErrorResponses.WriteAsync(http, TooLarge);
            return;
        }

        if (size is not null)
            size.MaxRequestBodySize = limit;

        if (await CheckAsync(http) is { } error)
        {
            await ErrorResponses.WriteAsync(http, error);
            return;
        }

        await next(http);
    }

    private static async Task<ErrorInfo?> CheckAsync(HttpContext http)
    {
        var protocol = Routes.IsProtocol(http.Request.Path);
        if (protocol && Check(http.Request.Query) is { } badQuery)
            return badQuery;
        if (!http.Request.HasFormContentType)
            return null;
        return await ReadFormAsync(http.Request) is not { } form ? BadForm : protocol ? Check(form) : null;
    }

    /// <summary>Read here once for every page and endpoint: the framework throws for an unknown charset and for a multipart body that ends early.</summary>
    private static async Task<IFormCollection?> ReadFormAsync(HttpRequest request)
    {
        try
        {
            return await request.ReadFormAsync(request.HttpContext.RequestAborted);
        }
        catch (Exception exception) when (exception is not BadHttpRequestException and (IOException or InvalidDataException or NotSupportedException or ArgumentException))
        {
            return null;
        }
    }

    private static ErrorInfo? Check(IEnumerable<KeyValuePair<string, StringValues>> parameters)
    {
        var count = 0;
        foreach (var (name, values) in parameters)
        {
            if ((count += values.Count) > Fields)
                return BadForm;
            if (values.Count > 1 && !Repeatable.Contains(name))
                return Refuse($"The parameter '{Shown(name)}' was sent more than once.");
            foreach (var value in values)
                if (CheckValue(name, value ?? "") is { } sentence)
                    return Refuse(sentence);
        }

        return null;
    }

    private static string? CheckValue(string name, string value)
    {
        var (min, max) = Lengths.GetValueOrDefault(name, (0, Default));
        if (value.Length > max || (value.Length < min && value.Length > 0))
            return min == max ? $"The parameter '{Shown(name)}' must have {max} characters." : $"The parameter '{Shown(name)}' must have {min} to {max} characters.";
        if (name == "scope" && value.AsSpan().Count(' ') >= 50)
            return "The parameter 'scope' names more than 50 scopes.";
        return value.Contains('\0', StringComparison.Ordinal) ? $"The parameter '{Shown(name)}' has a character that is not allowed." : null;
    }

    private static ErrorInfo Refuse(string sentence) => new(StatusCodes.Status400BadRequest, "invalid_request", sentence);

    /// <summary>A parameter name comes from the request: only what a name can be is repeated.</summary>
    private static string Shown(string name) => string.Concat(name.Take(50).Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'));
}

/// <summary>A path that takes more than <see cref="RequestLimits.BodyBytes"/> by POST. The room that owns it registers one.</summary>
internal sealed record LargeBody(PathString Path, int Bytes);
