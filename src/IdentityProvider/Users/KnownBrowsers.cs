using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Users;

/// <summary>
/// Browsers that people have signed in with: attempts from there have a count of their own, so that a stranger who locks a name
/// does not lock its owner out (CVE-2024-1722). Nothing is stored: the cookie carries a proof that ends with the password or the
/// authenticators it was made under (the security stamp).
/// </summary>
internal sealed class KnownBrowsers(MasterKey master, IOptions<IdentityProviderOptions> server, IOptions<UsersOptions> options, TimeProvider clock)
{
    private const int IdSize = 16, NonceSize = 16, TimeSize = 8, ProofSize = 32, EntrySize = IdSize + NonceSize + TimeSize + ProofSize;
    private const int MostPeople = 4;
    private readonly byte[] key = master.Derive("known-browser");
    private readonly HostCookie cookie = new("known", server.Value);

    private TimeSpan Lifetime => TimeSpan.FromDays(options.Value.Lockout.KnownBrowserDays);

    /// <summary>The key under which attempts of this browser on this account are counted; null when it is not known.</summary>
    public string? KeyFor(HttpContext http, User? user) =>
        user is not null && Entries(http).FirstOrDefault(entry => Proves(entry, user)) is { } known ? $"browser:{user.Id:N}:{Convert.ToHexStringLower(NonceOf(known))}" : null;

    /// <summary>The person has signed in here.</summary>
    public void Remember(HttpContext http, User user)
    {
        if (Lifetime <= TimeSpan.Zero)
            return;
        var entry = new byte[EntrySize];
        user.Id.TryWriteBytes(entry);
        RandomNumberGenerator.Fill(entry.AsSpan(IdSize, NonceSize));
        BinaryPrimitives.WriteInt64BigEndian(entry.AsSpan(IdSize + NonceSize), clock.GetUtcNow().ToUnixTimeSeconds());
        ProofOf(entry, user).CopyTo(entry, EntrySize - ProofSize);
        var others = Entries(http).Where(other => new Guid(other.AsSpan(0, IdSize)) != user.Id).Take(MostPeople - 1);
        cookie.Write(http, string.Join('.', others.Prepend(entry).Select(e => Base64Url.EncodeToString(e))), Lifetime);
    }

    private List<byte[]> Entries(HttpContext http)
    {
        var found = new List<byte[]>();
        foreach (var text in cookie.Read(http)?.Split('.', MostPeople + 1).Take(MostPeople) ?? [])
        {
            var entry = new byte[EntrySize];
            if (text.Length == Base64Url.GetEncodedLength(EntrySize) && Base64Url.TryDecodeFromChars(text, entry, out var size) && size == EntrySize)
                found.Add(entry);
        }

        return found;
    }

    private bool Proves(byte[] entry, User user)
    {
        var age = clock.GetUtcNow().ToUnixTimeSeconds() - BinaryPrimitives.ReadInt64BigEndian(entry.AsSpan(IdSize + NonceSize));
        return new Guid(entry.AsSpan(0, IdSize)) == user.Id && age >= 0 && age < Lifetime.TotalSeconds
            && CryptographicOperations.FixedTimeEquals(entry.AsSpan(EntrySize - ProofSize), ProofOf(entry, user));
    }

    private static byte[] NonceOf(byte[] entry) => entry[IdSize..(IdSize + NonceSize)];

    private byte[] ProofOf(byte[] entry, User user)
    {
        byte[] proven = [.. entry[..(EntrySize - ProofSize)], .. Encoding.UTF8.GetBytes(user.SecurityStamp ?? "")];
        return HMACSHA256.HashData(key, proven);
    }
}
