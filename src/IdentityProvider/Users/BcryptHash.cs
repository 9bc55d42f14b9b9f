using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace IdentityProvider.Users;

/// <summary>
/// bcrypt reads 72 bytes and stops at a zero byte, so it gets a base64 HMAC-SHA-256 of the password instead, keyed with
/// the salt (a bare SHA-256 could be tried from lists of leaked SHA-256 hashes). Written in the format passlib made known:
/// <c>$bcrypt-sha256$v=2,t=2b,r=12$salt$value</c>. Imported plain <c>$2a$</c>, <c>$2b$</c>, <c>$2y$</c> hashes verify as they are.
/// </summary>
internal sealed partial record BcryptHash(bool Plain, string Revision, int Cost, string Salt, string Value)
{
    internal const int MaxCost = 16;
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static BcryptHash Create(string password, int cost)
    {
        var salt = BCrypt.Net.BCrypt.GenerateSalt(cost, 'b')[^22..];
        return new(Plain: false, "2b", cost, salt, Compute(Prehash(password, salt), "2b", cost, salt));
    }

    /// <summary>Costs a check as much as a real one and matches nothing.</summary>
    public static BcryptHash Dummy(int cost) =>
        new(Plain: false, "2b", cost, BCrypt.Net.BCrypt.GenerateSalt(cost, 'b')[^22..], RandomNumberGenerator.GetString(Alphabet, 31));

    public static BcryptHash? Parse(string hash)
    {
        var plain = PlainFormat().Match(hash);
        var match = plain.Success ? plain : PrehashedFormat().Match(hash);
        if (!match.Success)
            return null;
        var cost = int.Parse(match.Groups["cost"].ValueSpan, CultureInfo.InvariantCulture);
        return cost is < 4 or > MaxCost
            ? null
            : new(plain.Success, match.Groups["revision"].Value, cost, match.Groups["salt"].Value, match.Groups["value"].Value);
    }

    public bool Matches(string password) => CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Value),
        Encoding.ASCII.GetBytes(Compute(Plain ? password : Prehash(password, Salt), Revision, Cost, Salt)));

    public override string ToString() => Plain
        ? string.Create(CultureInfo.InvariantCulture, $"${Revision}${Cost:00}${Salt}{Value}")
        : string.Create(CultureInfo.InvariantCulture, $"$bcrypt-sha256$v=2,t={Revision},r={Cost}${Salt}${Value}");

    private static string Prehash(string password, string salt) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.ASCII.GetBytes(salt), Encoding.UTF8.GetBytes(password)));

    private static string Compute(string input, string revision, int cost, string salt) =>
        BCrypt.Net.BCrypt.HashPassword(input, string.Create(CultureInfo.InvariantCulture, $"${revision}${cost:00}${salt}"))[^31..];

    [GeneratedRegex(@"^\$(?<revision>2[aby])\$(?<cost>[0-9]{2})\$(?<salt>[./A-Za-z0-9]{22})(?<value>[./A-Za-z0-9]{31})\z")]
    private static partial Regex PlainFormat();

    [GeneratedRegex(@"^\$bcrypt-sha256\$v=2,t=(?<revision>2b),r=(?<cost>[0-9]{1,2})\$(?<salt>[./A-Za-z0-9]{22})\$(?<value>[./A-Za-z0-9]{31})\z")]
    private static partial Regex PrehashedFormat();
}
