using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup;

/// <summary>Brings the rows of clients and their secrets to what the document says.</summary>
internal static class ClientRows
{
    public static async Task<SetupCounts> ApplyAsync(Store db, IReadOnlyList<ClientMetadata> entries, DateTimeOffset now, CancellationToken ct)
    {
        var tally = new SetupTally("clients");
        foreach (var part in entries.Chunk(500))
        {
            var ids = part.Select(entry => entry.ClientId).ToArray();
            var rows = await db.Set<Client>().Include(client => client.Secrets).Where(client => ids.Contains(client.ClientId)).ToDictionaryAsync(client => client.ClientId!, ct);
            foreach (var entry in part)
                tally.Count(!rows.TryGetValue(entry.ClientId, out var row), Apply(db, entry, row, now));
        }

        return tally.Result;
    }

    private static bool Apply(Store db, ClientMetadata entry, Client? row, DateTimeOffset now)
    {
        if (row is null)
            db.Add(row = new Client { CreatedAt = now, UpdatedAt = now });
        entry.Apply(row);
        var secrets = row.Secrets.ToList();
        entry.ApplySecret(row, now);
        if (db.Entry(row).State == EntityState.Added || (db.Entry(row).State == EntityState.Unchanged && row.Secrets.SequenceEqual(secrets)))
            return false;
        row.UpdatedAt = now;
        row.ConcurrencyToken = Guid.CreateVersion7().ToString();
        return true;
    }
}
