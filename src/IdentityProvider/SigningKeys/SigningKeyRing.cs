using System.Security.Cryptography;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;

namespace IdentityProvider.SigningKeys;

/// <summary>
/// The published keys, opened, in memory: a signature costs no query. Which one is active follows the clock alone, so all
/// nodes change over at the same moment.
/// </summary>
internal sealed class SigningKeyRing(MasterKey master, TimeProvider clock, IServiceScopeFactory scopes, CountedSignatures signatures)
{
    public const string Purpose = "signing-key";
    private readonly Lock writing = new();
    private volatile Entry[] entries = [];
    private volatile ConfigurationReloadToken changed = new();
    private string[] announced = [];

    private sealed record Entry(SigningKey Key, SigningCredentials Credentials);

    /// <summary>Every published key: the active ones first, ES256 before all, because the engine signs with the first.</summary>
    public IReadOnlyList<SigningCredentials> Published
    {
        get
        {
            var now = clock.GetUtcNow();
            var current = entries;
            Entry[] active = [.. SigningAlgorithms.All.Select(a => ActiveOf(current, a, now)).OfType<Entry>()];
            return [.. active.Concat(current.Except(active).OrderByDescending(e => e.Key.ActivatesAt)).Select(e => e.Credentials)];
        }
    }

    /// <summary>The keys that sign now, one of an algorithm.</summary>
    public IReadOnlyList<SigningKey> Active
    {
        get
        {
            var (now, current) = (clock.GetUtcNow(), entries);
            return [.. SigningAlgorithms.All.Select(a => ActiveOf(current, a, now)?.Key).OfType<SigningKey>()];
        }
    }

    /// <summary>Fires when <see cref="Published"/> has other keys or another order.</summary>
    public IChangeToken Changed => changed;

    /// <summary>The key that signs now.</summary>
    /// <param name="algorithm">RS256, PS256 or ES256.</param>
    public SigningCredentials Current(string algorithm) => ActiveOf(entries, algorithm, clock.GetUtcNow())?.Credentials
        ?? throw new InvalidOperationException($"No {algorithm} key is loaded; the ring is loaded at start, after the migrations.");

    /// <summary>Makes the keys that are due and takes up those of other nodes. Awaited once at start, then by the rotation.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<SigningKeyStore>().EnsureAsync(ct);
    }

    /// <summary>Replaces the set by what the database holds.</summary>
    public void Replace(IReadOnlyList<SigningKey> keys)
    {
        ConfigurationReloadToken previous;
        lock (writing)
        {
            // An opened key is kept: requests may be signing with it.
            var known = entries.ToDictionary(e => e.Key.KeyId, e => e.Credentials);
            entries = [.. keys.Select(k => new Entry(k, known.GetValueOrDefault(k.KeyId) ?? Open(k)))];
            string[] order = [.. Published.Select(c => c.Kid)];
            if (order.SequenceEqual(announced))
                return;
            announced = order;
            previous = changed;
            changed = new ConfigurationReloadToken();
        }

        previous.OnReload();
    }

    private SigningCredentials Open(SigningKey key)
    {
        byte[]? pkcs8 = null;
        try
        {
            pkcs8 = master.Unprotect(key.ProtectedPrivateKey, Purpose);
            var credentials = SigningAlgorithms.Open(key.Algorithm, pkcs8);
            credentials.CryptoProviderFactory = signatures;
            return credentials;
        }
        catch (CryptographicException)
        {
            throw new SettingsException([$"IdentityProvider:MasterKey (or MasterKeyFile, MasterKeyCertificateFile) does not open the signing key {key.KeyId} in the database. Set it to the key this database was first started with."]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private static Entry? ActiveOf(Entry[] entries, string algorithm, DateTimeOffset now) =>
        SigningKeyStatus.ActiveOf(entries.Select(e => e.Key).Where(k => k.Algorithm == algorithm), now) is { } key
            ? Array.Find(entries, e => e.Key == key)
            : null;
}
