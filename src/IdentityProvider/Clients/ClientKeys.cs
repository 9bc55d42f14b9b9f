using System.Security.Cryptography;
using System.Text.Json;
using IdentityProvider.Platform.Validation;
using Microsoft.IdentityModel.Tokens;

namespace IdentityProvider.Clients;

/// <summary>
/// Checks a client's key set (RFC 7517): public RSA and EC signing keys only. A private or symmetric key sent here
/// is a secret that leaked, and one stored here could sign as the client.
/// </summary>
internal static class ClientKeys
{
    private const int MaximumKeys = 20;
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    private static readonly string[] Algorithms = ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"];

    public static IEnumerable<Problem> Check(JsonElement set)
    {
        if (set.ValueKind != JsonValueKind.Object || !set.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
            return [new("jwks", "is not a key set. Write { \"keys\": [ ... ] } (RFC 7517 section 5).")];
        if (keys.GetArrayLength() is 0 or > MaximumKeys)
            return [new("jwks", $"has {keys.GetArrayLength()} keys. Give 1 to {MaximumKeys}.")];
        return keys.EnumerateArray()
            .Select((key, i) => (text: Problem(key), i))
            .Where(key => key.text is not null)
            .Select(key => new Problem("jwks", $"keys[{key.i}] {key.text}"));
    }

    private static string? Problem(JsonElement key)
    {
        if (key.ValueKind != JsonValueKind.Object)
            return "is not an object. Give a JSON Web Key.";
        if (Text(key, "kty") == "oct")
            return "is a symmetric key (oct). Give a public RSA or EC key.";
        if (PrivateMembers.FirstOrDefault(member => key.TryGetProperty(member, out _)) is { } leaked)
            return $"has the private member \"{leaked}\". Give the public part only, and make a new key: this one has leaked.";
        if (key.TryGetProperty("use", out _) && Text(key, "use") != "sig")
            return "is not for signatures. Set use to sig, or remove it.";
        if (key.TryGetProperty("alg", out _) && !Algorithms.Contains(Text(key, "alg")))
            return $"has an alg that is not offered. Use {string.Join(", ", Algorithms)}, or remove it.";
        return Text(key, "kty") switch
        {
            "RSA" => RsaProblem(key),
            "EC" => EcProblem(key),
            _ => "has a kty that is not offered. Use RSA or EC.",
        };
    }

    private static string? RsaProblem(JsonElement key)
    {
        if (Bytes(key, "n") is not { } modulus || Bytes(key, "e") is not { } exponent)
            return "lacks n or e in base64url. Give both.";
        if (exponent.Length is 0 or > 4 || (exponent[^1] & 1) == 0 || exponent is [1])
            return "has an unusable exponent e. Use 65537 (AQAB).";
        var bits = 8 * modulus.AsSpan().TrimStart((byte)0).Length;
        return bits is < 2048 or > 8192 ? $"has {bits} bits. Use RSA with 2048 to 8192 bits." : null;
    }

    private static string? EcProblem(JsonElement key)
    {
        (ECCurve Curve, int Size)? known = Text(key, "crv") switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66),
            _ => null,
        };
        if (known is not var (curve, size))
            return "has a crv that is not offered. Use P-256, P-384 or P-521.";
        if (Bytes(key, "x") is not { } x || Bytes(key, "y") is not { } y || x.Length != size || y.Length != size)
            return $"lacks x or y of {size} bytes in base64url. Give both.";
        try
        {
            using var point = ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = x, Y = y } });
            return null;
        }
        catch (CryptographicException)
        {
            return "is not a point on its curve. Export the key again.";
        }
    }

    private static string? Text(JsonElement key, string member) =>
        key.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(JsonElement key, string member)
    {
        try
        {
            return Text(key, member) is { Length: > 0 and <= 2000 } text ? Base64UrlEncoder.DecodeBytes(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
