using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace IdentityProvider.Users;

/// <summary>
/// PBKDF2 as Keycloak and many others store it, in the format passlib made known: <c>$pbkdf2-sha256$rounds$salt$value</c>, base64 without
/// padding and with a dot for the plus. Verifies and is replaced at the next sign-in; none is made.
/// </summary>
internal sealed partial record Pbkdf2Hash(HashAlgorithmName Algorithm, int Iterations, byte[] Salt, byte[] Value)
{
    // A hash from outside chooses its own cost: these bound what it may ask of this server.
    internal const int MaxIterations = 2_000_000;
    private const int MinSalt = 8, MaxSalt = 64, MinValue = 20, MaxValue = 64;

    public static Pbkdf2Hash? Parse(string hash)
    {
        if (Format().Match(hash) is not { Success: true } match || !int.TryParse(match.Groups["rounds"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds))
            return null;
        var algorithm = match.Groups["algorithm"].Value switch { "sha256" => HashAlgorithmName.SHA256, "sha512" => HashAlgorithmName.SHA512, _ => HashAlgorithmName.SHA1 };
        return Create(algorithm, rounds, Decode(match.Groups["salt"].Value), Decode(match.Groups["value"].Value));
    }

    /// <summary>Null where this server would not compute it.</summary>
    public static Pbkdf2Hash? Create(HashAlgorithmName algorithm, int iterations, byte[]? salt, byte[]? value) =>
        iterations is >= 1 and <= MaxIterations && salt?.Length is >= MinSalt and <= MaxSalt && value?.Length is >= MinValue and <= MaxValue
            ? new(algorithm, iterations, salt, value)
            : null;

    public bool Matches(string password) =>
        CryptographicOperations.FixedTimeEquals(Value, Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), Salt, Iterations, Algorithm, Value.Length));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"$pbkdf2{(Algorithm == HashAlgorithmName.SHA1 ? "" : "-" + Algorithm.Name!.ToLowerInvariant())}${Iterations}${Encode(Salt)}${Encode(Value)}");

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '.');

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.Replace('.', '+').PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length) ? bytes[..length] : null;
    }

    [GeneratedRegex(@"^\$pbkdf2(-(?<algorithm>sha256|sha512))?\$(?<rounds>[0-9]{1,7})\$(?<salt>[A-Za-z0-9./]{11,86})\$(?<value>[A-Za-z0-9./]{27,86})\z")]
    private static partial Regex Format();
}
