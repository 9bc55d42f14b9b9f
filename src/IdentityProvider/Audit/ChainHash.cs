using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform.Events;

namespace IdentityProvider.Audit;

/// <summary>
/// A record as bytes that can be read in one way only: every value with its length before it, null apart from empty. The hash covers the one before,
/// so a record that is changed, removed or moved changes all that follow.
/// </summary>
internal static class ChainHash
{
    /// <summary>What stands before the first record.</summary>
    public static readonly string Start = new('0', 64);

    public static string Of(string before, long sequence, AuditRecord record)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string?[] values =
        [
            "audit-record-1", before, Number(sequence), record.Id.ToString("N"), Number(record.At.ToUnixTimeMilliseconds()), record.Name, record.Result, record.ActorKind, record.ActorId,
            record.TargetKind, record.TargetId, record.ClientId, record.SessionId, record.Address, record.Reason, record.ErrorId, record.TraceId, record.Details, record.Before, record.After,
        ];
        Span<byte> length = stackalloc byte[4];
        foreach (var value in values)
        {
            var bytes = value is null ? [] : Encoding.UTF8.GetBytes(value);
            BinaryPrimitives.WriteInt32BigEndian(length, value is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Number(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
