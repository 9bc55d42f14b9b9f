using System.Formats.Cbor;

namespace IdentityProvider.Passkeys;

/// <summary>What an attestation object says of the authenticator (WebAuthn Level 3 sections 6.1 and 6.5.4). Read after it was verified.</summary>
internal sealed record AttestedData(string Format, byte[] AuthenticatorData, byte[] Statement)
{
    /// <summary>Behind the hash of the relying party id (32 bytes), the flags (1) and the count (4).</summary>
    private const int AaguidAt = 37;

    public Guid Aaguid => new(AuthenticatorData.AsSpan(AaguidAt, 16), bigEndian: true);

    public static AttestedData Read(ReadOnlyMemory<byte> attestationObject)
    {
        var (format, data, statement) = ("", Array.Empty<byte>(), Array.Empty<byte>());
        var reader = new CborReader(attestationObject);
        for (var left = reader.ReadStartMap() ?? 0; left > 0; left--)
        {
            switch (reader.ReadTextString())
            {
                case "fmt":
                    format = reader.ReadTextString();
                    break;
                case "authData":
                    data = reader.ReadByteString();
                    break;
                case "attStmt":
                    statement = reader.ReadEncodedValue().ToArray();
                    break;
                default:
                    reader.SkipValue();
                    break;
            }
        }

        return new AttestedData(format, data, statement);
    }
}
