using System.Security.Cryptography;
using System.Text.RegularExpressions;
using IdentityProvider.Platform.Secrets;
using OtpNet;

namespace IdentityProvider.Mfa;

/// <summary>The secret an authenticator app shares with the server, and the codes it makes: SHA-1, 6 digits, 30 seconds, as apps expect.</summary>
internal sealed partial class TotpSecret
{
    // RFC 4226 wants 128 bits of new secrets; the 80 bits that older apps and their users carry are taken over.
    private const int MinSize = 10, MaxSize = 64, Digits = 6, MaxTyped = 32;
    private const string Purpose = "totp";
    private readonly byte[] secret;

    private TotpSecret(byte[] secret) => this.secret = secret;

    /// <exception cref="FormatException">Not base32, or too short or long.</exception>
    public static TotpSecret FromBase32(string text)
    {
        var compact = text.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).TrimEnd('=');
        if (!Base32().IsMatch(compact) || compact.Length * 5 / 8 is < MinSize or > MaxSize)
            throw new FormatException($"A TOTP secret is {MinSize} to {MaxSize} bytes in base32 (letters A to Z and digits 2 to 7).");
        return new(Base32Encoding.ToBytes(compact));
    }

    /// <summary>160 bits, as RFC 4226 section 4 recommends.</summary>
    public static TotpSecret Create() => new(RandomNumberGenerator.GetBytes(20));

    public string ToBase32() => Base32Encoding.ToString(secret).TrimEnd('=');

    public static TotpSecret Open(string protectedSecret, MasterKey key) => new(key.Unprotect(protectedSecret, Purpose));

    public string Protect(MasterKey key) => key.Protect(secret, Purpose);

    public bool Equals(TotpSecret other) => secret.AsSpan().SequenceEqual(other.secret);

    /// <summary>The step whose code this is: the current one, the one before or the next, for clocks that differ.</summary>
    public long? StepOf(string code, DateTimeOffset now) =>
        new Totp(secret).VerifyTotp(now.UtcDateTime, code, out var step, new VerificationWindow(previous: 1, future: 1)) ? step : null;

    /// <summary>When a code of this step was shown; null for the step before all.</summary>
    public static DateTimeOffset? TimeOf(long step) => step > 0 ? DateTimeOffset.FromUnixTimeSeconds(step * 30) : null;

    /// <summary>The six digits of what somebody typed; null when it cannot be a code: a slip, not a guess.</summary>
    public static string? Compact(string code)
    {
        if (code.Length > MaxTyped)
            return null;
        var digits = string.Concat(code.Where(c => !char.IsWhiteSpace(c) && c is not '-'));
        return digits.Length == Digits && digits.All(char.IsAsciiDigit) ? digits : null;
    }

    [GeneratedRegex("^[A-Za-z2-7]+$")]
    private static partial Regex Base32();
}
