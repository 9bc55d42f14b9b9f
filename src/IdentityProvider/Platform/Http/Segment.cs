namespace IdentityProvider.Platform.Http;

/// <summary>A part of a path that holds any text. The server decodes it all but for the slash, which would be another part.</summary>
internal static class Segment
{
    public static string Decoded(string value) => value.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
