using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace IdentityProvider.Tests.Passkeys;

/// <summary>
/// An authenticator and its browser in software, so that every field of a ceremony can be made wrong once, as the FIDO
/// conformance tools do. Right unless it is told otherwise.
/// </summary>
internal sealed class SoftwareAuthenticator(string origin)
{
    public const byte UserPresent = 1, UserVerified = 4, BackupEligible = 8, BackedUp = 16, Attested = 64;
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>The same credential in a second authenticator.</summary>
    public SoftwareAuthenticator(SoftwareAuthenticator other)
        : this(other.Origin) => (key, CredentialId, UserHandle, SignCount, Flags, Counts) = (other.key, other.CredentialId, other.UserHandle, other.SignCount, other.Flags, other.Counts);

    public byte[] CredentialId { get; set; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Many do not, those of synced passkeys above all.</summary>
    public bool Counts { get; set; } = true;
    public Guid Aaguid { get; set; } = new("fbfc3007-154e-4ecc-8c0b-6e020557d7bd");
    public byte Flags { get; set; } = UserPresent | UserVerified;
    public uint SignCount { get; set; }

    /// <summary>What the relying party gave at registration and gets back.</summary>
    public byte[]? UserHandle { get; set; }

    public string Origin { get; set; } = origin;
    public string? RpId { get; set; }

    /// <summary>Changes to what would be right, by the name of the field.</summary>
    public Dictionary<string, object?> Client { get; } = [];

    /// <summary>Changes the finished response, as JSON.</summary>
    public Action<JsonObject>? Tamper { get; set; }

    /// <summary>Changes the authenticator data before it is signed.</summary>
    public Func<byte[], byte[]>? Data { get; set; }

    /// <summary>The format named in the attestation object.</summary>
    public string Format { get; set; } = "none";

    /// <summary>The statement in the attestation object, encoded; nothing but an empty map unless set.</summary>
    public Func<byte[], byte[], byte[]> Statement { get; set; } = (_, _) => [0xA0];

    /// <summary>Changes the attestation object.</summary>
    public Func<byte[], byte[]>? Attestation { get; set; }

    /// <summary>The COSE key with another algorithm than ES256 written on it.</summary>
    public int Algorithm { get; set; } = -7;

    public string Create(string optionsJson)
    {
        var options = JsonNode.Parse(optionsJson)!;
        UserHandle = Base64Url.DecodeFromChars((string)options["user"]!["id"]!);
        var data = AuthenticatorData((string)options["rp"]!["id"]!, Attested, AttestedCredential());
        var client = ClientData("webauthn.create", options);
        return Finish(new JsonObject
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(client),
            ["attestationObject"] = Base64Url.EncodeToString(Attestation?.Invoke(AttestationObject(data, client)) ?? AttestationObject(data, client)),
            ["transports"] = new JsonArray("internal", "hybrid", "carrier-pigeon"),
        });
    }

    public string Get(string optionsJson)
    {
        var options = JsonNode.Parse(optionsJson)!;
        SignCount += Counts ? 1u : 0;
        var data = AuthenticatorData((string)options["rpId"]!, 0, []);
        var client = ClientData("webauthn.get", options);
        return Finish(new JsonObject
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(client),
            ["authenticatorData"] = Base64Url.EncodeToString(data),
            ["signature"] = Base64Url.EncodeToString(Sign([.. data, .. SHA256.HashData(client)])),
            ["userHandle"] = UserHandle is null ? null : Base64Url.EncodeToString(UserHandle),
        });
    }

    /// <summary>Self attestation: the new key signs for itself.</summary>
    public byte[] SignAsItself(byte[] signed) => Sign(signed);

    private byte[] Sign(byte[] signed) => key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    private byte[] AuthenticatorData(string rpId, byte flags, byte[] more)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, SignCount);
        byte[] data = [.. SHA256.HashData(Encoding.UTF8.GetBytes(RpId ?? rpId)), (byte)(Flags | flags), .. count, .. more];
        return Data?.Invoke(data) ?? data;
    }

    private byte[] AttestedCredential() =>
        [.. Aaguid.ToByteArray(bigEndian: true), (byte)(CredentialId.Length >> 8), (byte)CredentialId.Length, .. CredentialId, .. CoseKey()];

    private byte[] CoseKey()
    {
        var point = key.ExportParameters(false).Q;
        var writer = new CborWriter(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(5);
        foreach (var (label, value) in new[] { (1, 2), (3, Algorithm), (-1, 1) })
        {
            writer.WriteInt32(label);
            writer.WriteInt32(value);
        }

        foreach (var (label, value) in new[] { (-2, point.X!), (-3, point.Y!) })
        {
            writer.WriteInt32(label);
            writer.WriteByteString(value);
        }

        writer.WriteEndMap();
        return writer.Encode();
    }

    private byte[] AttestationObject(byte[] data, byte[] client)
    {
        var writer = new CborWriter(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(3);
        writer.WriteTextString("fmt");
        writer.WriteTextString(Format);
        writer.WriteTextString("attStmt");
        writer.WriteEncodedValue(Statement(data, SHA256.HashData(client)));
        writer.WriteTextString("authData");
        writer.WriteByteString(data);
        writer.WriteEndMap();
        return writer.Encode();
    }

    private byte[] ClientData(string type, JsonNode options)
    {
        var client = new JsonObject { ["type"] = type, ["challenge"] = (string)options["challenge"]!, ["origin"] = Origin, ["crossOrigin"] = false };
        foreach (var (name, value) in Client)
            client[name] = value is null ? null : JsonValue.Create(value);
        return Encoding.UTF8.GetBytes(client.ToJsonString());
    }

    private string Finish(JsonObject response)
    {
        var credential = new JsonObject
        {
            ["id"] = Base64Url.EncodeToString(CredentialId),
            ["rawId"] = Base64Url.EncodeToString(CredentialId),
            ["type"] = "public-key",
            ["clientExtensionResults"] = new JsonObject(),
            ["authenticatorAttachment"] = "platform",
            ["response"] = response,
        };
        Tamper?.Invoke(credential);
        return credential.ToJsonString();
    }
}
