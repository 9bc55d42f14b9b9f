using System.Buffers.Text;
using System.Text;

namespace IdentityProvider.Platform.Http;

/// <summary>Where a list goes on: the keys of the last row shown, as one word for the caller to send back. Not a secret, and not to be trusted.</summary>
internal static class PageCursor
{
    public const int Usual = 50, Most = 200;
    private const int MaxLength = 2000;

    public static bool IsLimit(int limit) => limit is >= 1 and <= Most;

    public static string Of(params string[] keys) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('\n', keys)));

    /// <summary>Null where it is none of ours.</summary>
    public static string[]? Read(string cursor, int keys)
    {
        if (cursor.Length is 0 or > MaxLength || !Base64Url.IsValid(cursor))
            return null;
        var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split('\n');
        return parts.Length == keys && !parts.Any(part => part.Any(char.IsControl)) ? parts : null;
    }
}
