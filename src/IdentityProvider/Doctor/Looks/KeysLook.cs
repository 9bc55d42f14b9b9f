using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Doctor.Looks;

/// <summary>The master key opens what it sealed, and there are keys that sign.</summary>
internal sealed class KeysLook(Store db, IOptions<IdentityProviderOptions> server, IHostEnvironment environment, TimeProvider clock) : ILook
{
    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var (keys, masters) = await ReadAsync(ct);
        if (keys is null)
            yield break; // Said of the database.
        if (masters.Count == 0)
        {
            yield return new("master_key", Level.Ok, "The server has not been started on this database: its first start seals the master key.");
            yield break;
        }

        if (Failure(keys, masters) is { } failure)
        {
            yield return new("master_key", Level.Problem, failure, "Set IdentityProvider:MasterKey (or MasterKeyFile, MasterKeyCertificateFile) to the key this database was started with.");
            yield break;
        }

        yield return new("master_key", Level.Ok, "The master key opens what is encrypted in the database.");
        var now = clock.GetUtcNow();
        foreach (var algorithm in SigningAlgorithms.All)
            yield return Of(algorithm, SigningKeyStatus.ActiveOf(keys.Where(key => key.Algorithm == algorithm), now), now);
    }

    private static Finding Of(string algorithm, SigningKey? active, DateTimeOffset now) => active switch
    {
        null => new("signing_keys", Level.Warning, $"There is no {algorithm} key that signs.", "The next start of the server makes one."),
        _ when active.RetiresAt + SigningKeySchedule.Poll < now => new("signing_keys", Level.Warning, string.Create(CultureInfo.InvariantCulture, $"The {algorithm} key {active.KeyId} was to be followed by another on {active.RetiresAt:u}, and still signs."), "Look into the log of the server why none was made; a server that runs makes it by itself."),
        _ => new("signing_keys", Level.Ok, string.Create(CultureInfo.InvariantCulture, $"The {algorithm} key {active.KeyId} has signed for {(now - active.ActivatesAt).TotalDays:0} days and retires on {active.RetiresAt:u}.")),
    };

    private async Task<(List<SigningKey>? Keys, List<SealedMasterKey> Masters)> ReadAsync(CancellationToken ct)
    {
        try
        {
            // Asking a file that is not there makes it.
            if (!await db.Database.CanConnectAsync(ct))
                return (null, []);
            return (await db.Set<SigningKey>().AsNoTracking().ToListAsync(ct), await db.Set<SealedMasterKey>().AsNoTracking().ToListAsync(ct));
        }
        catch (Exception failure) when (failure is DbException or InvalidOperationException)
        {
            return (null, []);
        }
    }

    /// <summary>Opened here and not as the server does it: that would bring in a new root key, or take a former one out.</summary>
    private string? Failure(List<SigningKey> keys, List<SealedMasterKey> masters)
    {
        try
        {
            var roots = new[] { MasterKeyLoader.Load(server.Value, environment), MasterKeyLoader.LoadFormer(server.Value) };
            if (roots.OfType<RootKey>().FirstOrDefault(root => masters.Exists(row => row.RootId == root.Id)) is not { } root)
                return "The MasterKey in the settings does not open the one in the database: the server does not start.";
            var master = new MasterKey(root.Open(masters.Find(row => row.RootId == root.Id)!.Sealed));
            foreach (var key in keys)
                CryptographicOperations.ZeroMemory(master.Unprotect(key.ProtectedPrivateKey, SigningKeyRing.Purpose));
            return null;
        }
        catch (Exception failure) when (failure is CryptographicException or FormatException or InvalidOperationException)
        {
            return $"What is encrypted in the database does not open: {failure.Message}";
        }
    }
}
