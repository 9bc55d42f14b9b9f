using IdentityProvider.Platform.Storage;
using IdentityProvider.UpstreamProviders;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup;

/// <summary>Brings the rows of upstream providers to what the document says.</summary>
internal static class ProviderRows
{
    /// <summary>What people connected with it goes with it (foreign keys); who it was the only way in for needs another.</summary>
    /// <returns>Null: there was none of them.</returns>
    public static async Task<SetupCounts?> RemoveAsync(Store db, IReadOnlyList<string> names, CancellationToken ct)
    {
        var tally = new SetupTally("providers");
        foreach (var name in names)
            if (await db.Set<UpstreamProvider>().Where(provider => provider.Name == name).ExecuteDeleteAsync(ct) > 0)
                tally.Removed(name);
        return tally.Result is { Changes.Count: > 0 } removed ? removed : null;
    }

    public static async Task<SetupCounts> ApplyAsync(Store db, ProviderSecrets secrets, IReadOnlyList<ProviderMetadata> entries, DateTimeOffset now, CancellationToken ct)
    {
        var tally = new SetupTally("providers");
        var names = entries.Select(entry => entry.Name).ToArray();
        var rows = await db.Set<UpstreamProvider>().Where(provider => names.Contains(provider.Name)).ToDictionaryAsync(provider => provider.Name, ct);
        foreach (var entry in entries)
        {
            var isNew = !rows.TryGetValue(entry.Name, out var row);
            if (row is null)
                db.Add(row = ProviderMetadata.NewRow(entry.Name, now));
            entry.Apply(row, secrets, now);
            var changed = isNew || db.Entry(row).State == EntityState.Modified;
            if (changed)
                row.Version = Guid.CreateVersion7();
            tally.Count(entry.Name, isNew, changed, db.Entry(row));
        }

        return tally.Result;
    }
}
