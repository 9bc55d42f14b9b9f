using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Mfa;

/// <summary>Makes, counts and uses recovery codes.</summary>
internal sealed class RecoveryCodes(Store db, MasterKey master, TimeProvider clock)
{
    public const int Count = 10;

    /// <summary>Without letters and digits that look alike. 24 of them are more than 112 bits (ASVS 6.5.2).</summary>
    private const string Alphabet = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
    private const int Length = 24, Group = 4, MaxTyped = 100;

    public Task<int> RemainingAsync(Guid userId, CancellationToken ct) => db.Set<RecoveryCode>().CountAsync(c => c.UserId == userId && c.UsedAt == null, ct);

    public Task RemoveAsync(Guid userId, CancellationToken ct) => db.Set<RecoveryCode>().Where(c => c.UserId == userId).ExecuteDeleteAsync(ct);

    /// <summary>A new set in the place of the old one, in the transaction of the caller, who saves. The only time they are seen.</summary>
    public async Task<IReadOnlyList<string>> ReplaceAsync(Guid userId, CancellationToken ct)
    {
        await db.Set<RecoveryCode>().Where(c => c.UserId == userId).ExecuteDeleteAsync(ct);
        var codes = Enumerable.Range(0, Count).Select(_ => RandomNumberGenerator.GetString(Alphabet, Length)).ToList();
        db.AddRange(codes.Select(code => new RecoveryCode { UserId = userId, CodeHash = HashOf(userId, code), CreatedAt = clock.GetUtcNow() }));
        return [.. codes.Select(code => string.Join('-', code.Chunk(Group).Select(group => new string(group))))];
    }

    /// <summary>Uses a code up. One statement: of many at once, on all nodes, one gets true.</summary>
    public async Task<bool> UseAsync(Guid userId, string typed, CancellationToken ct)
    {
        if (Compact(typed) is not { } code)
            return false;
        var hash = HashOf(userId, code);
        var now = clock.GetUtcNow();
        return await db.Set<RecoveryCode>().Where(c => c.UserId == userId && c.CodeHash == hash && c.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.UsedAt, now), ct) == 1;
    }

    /// <summary>Spaces, dashes and case do not matter. Null when it cannot be one of ours: a slip, not a guess.</summary>
    public static string? Compact(string? typed)
    {
        if (typed is not { Length: <= MaxTyped })
            return null;
        var code = string.Concat(typed.Where(c => !char.IsWhiteSpace(c) && c is not '-')).ToUpperInvariant();
        return code.Length == Length && code.All(Alphabet.Contains) ? code : null;
    }

    private string HashOf(Guid userId, string code) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(master.Derive("recovery-codes"), Encoding.UTF8.GetBytes($"{userId:N}\n{code}")));
}
