using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Platform.Secrets;

namespace IdentityProvider.Tests.Tokens;

/// <summary>A client's key pair that signs whatever header and payload it is given, right or wrong.</summary>
internal sealed class TestKey : IDisposable
{
    private readonly AsymmetricAlgorithm pair;

    public TestKey(string algorithm)
    {
        Algorithm = algorithm;
        pair = algorithm == "ES256" ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : RSA.Create(2048);
    }

    public string Algorithm { get; }
    public string Kid { get; } = Handle.Create();

    public JsonObject PublicJwk => JsonSerializer.SerializeToNode(pair is ECDsa ecdsa ? Ec(ecdsa.ExportParameters(false)) : Rsa(((RSA)pair).ExportParameters(false)))!.AsObject();

    /// <summary>The public key as an attacker has it, who hopes that it is taken for an HMAC secret.</summary>
    public string PublicPem => pair.ExportSubjectPublicKeyInfoPem();

    public string Sign(JsonObject header, JsonObject payload) => Compact(header, payload, data => pair switch
    {
        ECDsa ecdsa => ecdsa.SignData(data, HashAlgorithmName.SHA256),
        RSA rsa => rsa.SignData(data, HashAlgorithmName.SHA256, Algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1),
        _ => throw new InvalidOperationException(),
    });

    public static string Compact(JsonObject header, JsonObject payload, Func<byte[], byte[]> sign)
    {
        var text = $"{Encode(header)}.{Encode(payload)}";
        return $"{text}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));

    private Dictionary<string, string> Ec(ECParameters key) => new()
    {
        ["kty"] = "EC",
        ["crv"] = "P-256",
        ["kid"] = Kid,
        ["alg"] = Algorithm,
        ["x"] = Base64Url.EncodeToString(key.Q.X),
        ["y"] = Base64Url.EncodeToString(key.Q.Y),
    };

    private Dictionary<string, string> Rsa(RSAParameters key) => new()
    {
        ["kty"] = "RSA",
        ["kid"] = Kid,
        ["alg"] = Algorithm,
        ["n"] = Base64Url.EncodeToString(key.Modulus),
        ["e"] = Base64Url.EncodeToString(key.Exponent),
    };

    public void Dispose() => pair.Dispose();
}
