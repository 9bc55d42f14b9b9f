using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityProvider.Users;

namespace IdentityProvider.Setup.Import;

/// <summary>
/// A user of a Keycloak realm export. Roles stay behind: a realm's "admin" is not ours. A second factor that cannot be taken over
/// refuses the person, who would otherwise come in with less than before.
/// </summary>
internal static class KeycloakUser
{
    public static ImportedUser Read(JsonElement row)
    {
        var credentials = row.Items("credentials").ToList();
        var password = credentials.Find(credential => credential.Text("type") == "password");
        var otp = credentials.Find(credential => credential.Text("type") == "otp");
        var (hash, noHash) = password.ValueKind == JsonValueKind.Undefined ? default : Password(password.Inner("secretData"), password.Inner("credentialData"));
        var (totp, noTotp) = otp.ValueKind == JsonValueKind.Undefined ? default : Totp(otp.Inner("secretData"), otp.Inner("credentialData"));
        return new()
        {
            Id = row.Id("id"),
            Username = row.Text("username"),
            Email = row.Text("email"),
            EmailVerified = row.Flag("emailVerified"),
            Name = $"{row.Text("firstName")} {row.Text("lastName")}".Trim() is { Length: > 0 } name ? name : null,
            GivenName = row.Text("firstName"),
            FamilyName = row.Text("lastName"),
            Locale = (row.Member("attributes") ?? default).Items("locale").Select(locale => locale.ValueKind == JsonValueKind.String ? locale.GetString() : null).FirstOrDefault(),
            Disabled = !row.Flag("enabled", otherwise: true),
            CreatedAt = row.Number("createdTimestamp") is { } milliseconds and >= 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null,
            PasswordHash = hash,
            TotpSecret = totp,
            Refusal = noHash ?? noTotp,
        };
    }

    private static (string? Hash, string? Refusal) Password(JsonElement secret, JsonElement data)
    {
        var (algorithm, iterations) = (data.Text("algorithm"), (int)Math.Clamp(data.Number("hashIterations") ?? 0, 0, int.MaxValue));
        var (salt, value) = (Bytes(secret.Text("salt")), Bytes(secret.Text("value")));
        var hash = algorithm switch
        {
            "pbkdf2" => Pbkdf2Hash.Create(HashAlgorithmName.SHA1, iterations, salt, value)?.ToString(),
            "pbkdf2-sha256" => Pbkdf2Hash.Create(HashAlgorithmName.SHA256, iterations, salt, value)?.ToString(),
            "pbkdf2-sha512" => Pbkdf2Hash.Create(HashAlgorithmName.SHA512, iterations, salt, value)?.ToString(),
            "argon2" => Argon2(data.Member("additionalParameters") ?? default, iterations, salt, value),
            _ => null,
        };
        return hash is null ? (null, $"has a password hash ({Platform.Validation.Constraints.Shown(algorithm ?? "without algorithm")}) that this server cannot check") : (hash, null);
    }

    private static string? Argon2(JsonElement parameters, int passes, byte[]? salt, byte[]? value)
    {
        if (First(parameters, "type") != "id" || First(parameters, "version") != "1.3" || First(parameters, "parallelism") != "1" || salt is null || value is null
            || !int.TryParse(First(parameters, "memory"), NumberStyles.None, CultureInfo.InvariantCulture, out var memoryKiB))
            return null;
        var hash = new Argon2idHash(memoryKiB, passes, salt, value).ToString();
        return Argon2idHash.Parse(hash) is null ? null : hash;
    }

    private static (string? Secret, string? Refusal) Totp(JsonElement secret, JsonElement data)
    {
        if (data.Text("subType") != "totp" || data.Number("digits") != 6 || data.Number("period") != 30 || data.Text("algorithm") != "HmacSHA1" || secret.Text("value") is not { } text)
            return (null, "has an authenticator app with other codes than this server knows (SHA-1, 6 digits, 30 seconds)");
        return (data.Text("secretEncoding") == "BASE32" ? text : OtpNet.Base32Encoding.ToString(Encoding.UTF8.GetBytes(text)).TrimEnd('='), null);
    }

    private static string? First(JsonElement parameters, string name) =>
        parameters.Items(name).Select(value => value.ValueKind == JsonValueKind.String ? value.GetString() : null).FirstOrDefault();

    private static byte[]? Bytes(string? base64)
    {
        var bytes = new byte[base64?.Length ?? 0];
        return Convert.TryFromBase64String(base64 ?? "", bytes, out var length) && length > 0 ? bytes[..length] : null;
    }
}
