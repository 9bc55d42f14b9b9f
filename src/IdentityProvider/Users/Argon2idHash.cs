using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using NSec.Cryptography;

namespace IdentityProvider.Users;

/// <summary>
/// <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c> (PHC string format, base64 without padding). libsodium computes one
/// lane and takes salts of 16 bytes; hashes made with others are not known here.
/// </summary>
internal sealed partial record Argon2idHash(int MemoryKiB, int Passes, byte[] Salt, byte[] Value)
{
    // A hash from outside chooses its own cost: these bound what it may ask of this server.
    internal const int MaxMemoryKiB = 262_144, MaxPasses = 20;
    private const int SaltSize = 16, ValueSize = 32;

    public static Argon2idHash Create(string password, int memoryKiB, int passes)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        return new(memoryKiB, passes, salt, Derive(password, memoryKiB, passes, salt, ValueSize));
    }

    /// <summary>Costs a check as much as a real one and matches nothing.</summary>
    public static Argon2idHash Dummy(int memoryKiB, int passes) =>
        new(memoryKiB, passes, RandomNumberGenerator.GetBytes(SaltSize), RandomNumberGenerator.GetBytes(ValueSize));

    public static Argon2idHash? Parse(string hash)
    {
        if (Format().Match(hash) is not { Success: true } match
            || !int.TryParse(match.Groups["m"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var memoryKiB)
            || !int.TryParse(match.Groups["t"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var passes)
            || memoryKiB is < 8 or > MaxMemoryKiB || passes is < 1 or > MaxPasses)
            return null;
        var (salt, value) = (Decode(match.Groups["salt"].Value), Decode(match.Groups["value"].Value));
        return salt?.Length == SaltSize && value?.Length is >= 16 and <= 64 ? new(memoryKiB, passes, salt, value) : null;
    }

    public bool Matches(string password) =>
        CryptographicOperations.FixedTimeEquals(Value, Derive(password, MemoryKiB, Passes, Salt, Value.Length));

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"$argon2id$v=19$m={MemoryKiB},t={Passes},p=1${Encode(Salt)}${Encode(Value)}");

    private static byte[] Derive(string password, int memoryKiB, int passes, byte[] salt, int size) =>
        new Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = memoryKiB, NumberOfPasses = passes })
            .DeriveBytes(Encoding.UTF8.GetBytes(password), salt, size);

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length) ? bytes[..length] : null;
    }

    [GeneratedRegex(@"^\$argon2id\$v=19\$m=(?<m>[0-9]{1,9}),t=(?<t>[0-9]{1,4}),p=1\$(?<salt>[A-Za-z0-9+/]{22})\$(?<value>[A-Za-z0-9+/]{22,86})\z")]
    private static partial Regex Format();
}
