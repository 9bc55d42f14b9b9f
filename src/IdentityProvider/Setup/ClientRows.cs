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
                Apply(db, tally, entry, rows.GetValueOrDefault(entry.ClientId), now);
        }

        return tally.Result;
    }

    private static void Apply(Store db, SetupTally tally, ClientMetadata entry, Client? row, DateTimeOffset now)
    {
        var isNew = row is null;
        if (row is null)
            db.Add(row = new Client { CreatedAt = now, UpdatedAt = now });
        entry.Apply(row);
        var secrets = row.Secrets.ToList();
        entry.ApplySecret(row, now);
        var otherSecret = !row.Secrets.SequenceEqual(secrets);
        var changed = !isNew && (db.Entry(row).State != EntityState.Unchanged || otherSecret);
        tally.Count(entry.ClientId, isNew, changed, db.Entry(row), otherSecret ? ["client_secret"] : []);
        if (!changed)
            return;
        row.UpdatedAt = now;
        row.ConcurrencyToken = Guid.CreateVersion7().ToString();
    }
}
