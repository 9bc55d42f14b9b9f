using System.Security.Cryptography;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Platform.Secrets;

/// <summary>The master key, sealed under one root key. While roots change there are several rows, and all hold the same key.</summary>
internal sealed class SealedMasterKey
{
    /// <summary><see cref="RootKey.Id"/>.</summary>
    public required string RootId { get; set; }

    public required string Sealed { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<SealedMasterKey>
    {
        public void Configure(EntityTypeBuilder<SealedMasterKey> builder)
        {
            builder.ToTable("MasterKeys");
            builder.HasKey(k => k.RootId);
            builder.Property(k => k.RootId).HasMaxLength(64);
            builder.Property(k => k.Sealed).HasMaxLength(4000);
        }
    }
}

/// <summary>
/// Opens the master key, makes it at the first start, and seals it anew when the root key has changed: one row, whatever is encrypted
/// with it. Nodes with the old root and nodes with the new one run side by side until the old one is taken out of the settings.
/// </summary>
internal sealed class MasterKeyStore(IServiceScopeFactory scopes, TimeProvider clock, ILogger<MasterKeyStore> log)
{
    /// <param name="root">The root key of now.</param>
    /// <param name="former">The one before, while it is still set.</param>
    /// <exception cref="InvalidOperationException">Neither opens it.</exception>
    public byte[] Open(RootKey root, RootKey? former)
    {
        using var scope = scopes.CreateScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        var rows = db.Set<SealedMasterKey>().AsNoTracking().ToList();
        if (rows.Find(row => row.RootId == root.Id) is { } own)
        {
            var key = OpenOne(root, own);

            // A root that is no longer set, because it leaked perhaps, opens nothing that is written from now on.
            if (former is null && rows.Exists(row => row.CreatedAt < own.CreatedAt))
                db.Set<SealedMasterKey>().Where(row => row.CreatedAt < own.CreatedAt).ExecuteDelete();
            return key;
        }

        if (rows.Count > 0)
        {
            if (former is null || rows.Find(row => row.RootId == former.Id) is not { } before)
                throw new SettingsException(["IdentityProvider:MasterKey (or MasterKeyFile, MasterKeyCertificateFile) does not open the master key in the database. Set it to the key this database was started with; to change it, give that one as IdentityProvider:FormerMasterKey (or FormerMasterKeyFile, FormerMasterKeyCertificateFile)."]);
            log.LogInformation("The master key is sealed under the new root key. When every node has it, remove the former one from the settings.");
            return Add(db, root, OpenOne(former, before));
        }

        // Before there was a sealed key, everything was encrypted with the 32 bytes themselves.
        var isOld = db.Set<RingKey>().Any();
        return Add(db, root, isOld ? (former ?? root).AsMasterKey ?? throw new InvalidOperationException("This database was started with a MasterKey of 32 bytes. Start it once with that, or give it as IdentityProvider:FormerMasterKey.") : RandomNumberGenerator.GetBytes(MasterKey.Size));
    }

    /// <summary>Of nodes that start at once one writes it, and the others take what it wrote.</summary>
    private byte[] Add(Store db, RootKey root, byte[] key)
    {
        var row = new SealedMasterKey { RootId = root.Id, Sealed = root.Seal(key), CreatedAt = clock.GetUtcNow() };
        db.Add(row);
        try
        {
            db.SaveChanges();
            return key;
        }
        catch (DbUpdateException exception) when (exception.IsUniqueViolation())
        {
            return OpenOne(root, db.Set<SealedMasterKey>().AsNoTracking().Single(k => k.RootId == root.Id));
        }
    }

    private static byte[] OpenOne(RootKey root, SealedMasterKey row)
    {
        try
        {
            return root.Open(row.Sealed);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            throw new InvalidOperationException("The master key in the database is damaged. Restore the table MasterKeys from a backup.", exception);
        }
    }
}
