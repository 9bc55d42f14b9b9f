using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform.Secrets;

namespace IdentityProvider.Audit;

/// <summary>
/// Signs checkpoints. The key is made from the master key each time and lies nowhere: whoever owns the database without the root key forges none, and
/// whoever has the public key checks an archive without any secret.
/// </summary>
internal sealed class CheckpointSeal(MasterKey master)
{
    // The order of P-256 (FIPS 186-5), less one: a private key is a number from 1 to there.
    private static readonly BigInteger Keys = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly Lazy<ECDsa> key = new(() => Create(master), LazyThreadSafetyMode.PublicationOnly);

    public string PublicKey => key.Value.ExportSubjectPublicKeyInfoPem();

    public AuditCheckpoint Sign(long sequence, string hash, DateTimeOffset at, bool archived, bool kept)
    {
        var checkpoint = new AuditCheckpoint { Sequence = sequence, Hash = hash, At = new DateTimeOffset(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero), Archived = archived, Kept = kept || archived, Signature = "" };
        checkpoint.Signature = Convert.ToBase64String(key.Value.SignData(Text(checkpoint), HashAlgorithmName.SHA256));
        return checkpoint;
    }

    public bool IsGenuine(AuditCheckpoint checkpoint)
    {
        var signature = new byte[128];
        return Convert.TryFromBase64String(checkpoint.Signature, signature, out var length) && key.Value.VerifyData(Text(checkpoint), signature.AsSpan(0, length), HashAlgorithmName.SHA256);
    }

    private static byte[] Text(AuditCheckpoint checkpoint) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"audit-checkpoint-1\n{checkpoint.Sequence}\n{checkpoint.Hash}\n{checkpoint.At.ToUnixTimeMilliseconds()}\n{(checkpoint.Archived ? "archived" : "chained")}"));

    private static ECDsa Create(MasterKey master)
    {
        // 64 bytes into a range of 32: no number is likelier than another by more than 2^-256.
        var number = new BigInteger((byte[])[.. master.Derive("audit-checkpoint-1"), .. master.Derive("audit-checkpoint-1 more")], isUnsigned: true, isBigEndian: true);
        var secret = ((number % Keys) + 1).ToByteArray(isUnsigned: true, isBigEndian: true);
        var padded = new byte[32];
        secret.CopyTo(padded, padded.Length - secret.Length);
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = padded });
    }
}
