using System.Globalization;
using System.Text.RegularExpressions;

namespace IdentityProvider.Clients;

/// <summary>
/// Which redirect URIs may be registered. They are compared as exact text later, so whatever could be read in two ways
/// (other case of the scheme, dot segments, userinfo, wildcards) is refused here, where a person can still correct it.
/// </summary>
internal static partial class RedirectUris
{
    private static readonly string[] Scripting = ["javascript", "data", "vbscript", "blob", "file", "about", "view-source", "filesystem"];
    private static readonly string[] AnswerParameters = ["code", "state", "iss", "error", "response"];

    /// <summary>
    /// The same text. Only the port may be another, on loopback of a native application, which has none before it runs
    /// (RFC 8252 section 7.3, RFC 9700 section 2.1).
    /// </summary>
    public static bool Matches(string registered, string received, bool native) =>
        registered == received || (native && WithoutPort(registered) is { } expected && expected == WithoutPort(received));

    /// <summary>What is wrong with it, or nothing.</summary>
    public static string? Problem(string text, bool native)
    {
        if (text.Contains('*', StringComparison.Ordinal))
            return "has a wildcard. Register each URI in full; they are compared exactly (RFC 9700 section 2.1).";
        if (WebUris.Unreadable(text, out var uri) is { } unreadable)
            return unreadable;
        var scheme = text[..text.IndexOf(':', StringComparison.Ordinal)];
        if (Scripting.Contains(scheme, StringComparer.OrdinalIgnoreCase))
            return $"uses the scheme {scheme}, which a browser runs or opens locally. Use https.";
        if (HasDotSegment(text))
            return "has a \".\" or \"..\" path segment. Write the path it leads to.";
        if (AnswerParameters.FirstOrDefault(name => HasParameter(uri!, name)) is { } parameter)
            return $"has the query parameter \"{parameter}\", which belongs to the answer. Rename it.";
        return scheme switch
        {
            "https" => null,
            "http" => WebUris.IsLoopback(uri!) ? null : "uses http, which anyone on the way can read. Use https; http is for localhost, 127.0.0.1 and [::1].",
            _ when !native => $"uses the scheme {scheme}. Use https, or set application_type to native for a private-use scheme.",
            _ when scheme.Contains('.', StringComparison.Ordinal) => null,
            _ => $"uses the scheme {scheme}, which another application may claim. Use a domain you own in reverse, like com.example.app:/callback (RFC 8252 section 7.1).",
        };
    }

    /// <summary>Also when encoded once or twice, or hidden before a path parameter (<c>..;</c>), as servers behind may read it.</summary>
    private static bool HasDotSegment(string text)
    {
        var decoded = Uri.UnescapeDataString(Uri.UnescapeDataString(text.Split('?')[0]));
        return decoded.Split('/', '\\').Skip(1).Any(segment => segment.Split(';')[0] is "." or "..");
    }

    private static bool HasParameter(Uri uri, string name) =>
        uri.Query.TrimStart('?').Split('&').Any(pair => Uri.UnescapeDataString(pair.Split('=')[0]) == name);

    private static string? WithoutPort(string uri) =>
        Loopback().Match(uri) is { Success: true } match && (!match.Groups["port"].Success || ushort.TryParse(match.Groups["port"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? match.Groups["host"].Value + match.Groups["rest"].Value
            : null;

    [GeneratedRegex(@"\A(?<host>http://(?:localhost|127\.0\.0\.1|\[::1\]))(?::(?<port>[1-9][0-9]{0,4}))?(?<rest>(?:[/?].*)?)\z", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Loopback();
}
