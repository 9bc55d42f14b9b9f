using System.Buffers;

namespace IdentityProvider.Clients;

/// <summary>What every registered URI has in common.</summary>
internal static class WebUris
{
    private static readonly SearchValues<char> NotInUris = SearchValues.Create("\\\"<>`^{}|");
    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    /// <summary>https, or http on loopback for development: pages, pictures and back channels.</summary>
    public static string? Problem(string text)
    {
        if (Unreadable(text, out var uri) is { } unreadable)
            return unreadable;
        return text.StartsWith("https://", StringComparison.Ordinal) || (text.StartsWith("http://", StringComparison.Ordinal) && IsLoopback(uri!))
            ? null
            : "is not an https URL. Use https; http is for localhost, 127.0.0.1 and [::1].";
    }

    public static bool IsLoopback(Uri uri) => uri.Host is "localhost" or "127.0.0.1" or "[::1]";

    public static string? Unreadable(string text, out Uri? uri)
    {
        uri = null;
        if (text.Length > 2000)
            return $"has {text.Length} characters. Give at most 2000.";
        if (text.Any(c => c is <= ' ' or > '~' || NotInUris.Contains(c)))
            return "has a character that is not allowed in a URI (RFC 3986). Percent-encode it.";
        // On Unix "/path" is an absolute file URI to Uri: the scheme is asked for by hand.
        if (SchemeOf(text) is not { } scheme || !Uri.TryCreate(text, UriKind.Absolute, out uri))
            return "is not an absolute URI. Start it with https://.";
        if (scheme.Any(char.IsAsciiLetterUpper))
            return $"has the scheme {scheme} in upper case. Write {scheme.ToLowerInvariant()}.";
        if (text.Contains('#', StringComparison.Ordinal))
            return "has a fragment (#). Remove it (RFC 6749 section 3.1.2).";
        if (uri.UserInfo.Length > 0 || Authority(text).Contains('@', StringComparison.Ordinal))
            return "has a user name before the host (@). Remove it.";
        return scheme is "http" or "https" && (uri.Host.Length == 0 || !text.AsSpan(scheme.Length).StartsWith("://")) ? "names no host. Write https://host/path." : null;
    }

    private static string? SchemeOf(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(text[0]) && text.AsSpan(0, colon).IndexOfAnyExcept(SchemeCharacters) < 0 ? text[..colon] : null;
    }

    private static string Authority(string text)
    {
        var start = text.IndexOf("://", StringComparison.Ordinal);
        return start < 0 ? "" : text[(start + 3)..].Split('/', '?')[0];
    }
}
