using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using IdentityProvider.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup;

/// <summary>Brings the database to what one checked document says, in one transaction. Twice is no change.</summary>
internal sealed class SetupApplier(Store db, Passwords passwords, IEnumerable<IAuthenticatorImport> authenticators, ProviderSecrets secrets, WebhookSecrets webhookSecrets, EventLog events, TimeProvider clock)
{
    public async Task<IReadOnlyList<SetupCounts>> ApplyAsync(SetupDocument document, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await RoleLock.TakeAsync(db, ct);
        List<SetupCounts> counts = [await RoleRows.ApplyAsync(db, document.Roles, ct)];

        // Users look their roles up by name.
        await db.SaveChangesAsync(ct);
        counts.AddRange(await ApiRows.ApplyAsync(db, document, ct));
        counts.Add(await ClientRows.ApplyAsync(db, document.Clients, now, ct));
        var gone = await ProviderRows.RemoveAsync(db, document.RemovedProviders, ct);
        counts.Add(await ProviderRows.ApplyAsync(db, secrets, document.Providers, now, ct));
        counts.Add(await WebhookRows.ApplyAsync(db, webhookSecrets, document.Webhooks, now, ct));
        counts.Add(await new ServiceAccountRows(db, now).ApplyAsync(document.ServiceAccounts, ct));
        counts.Add(await new UserRows(db, passwords, now).ApplyAsync(document.Users, ct));
        await db.SaveChangesAsync(ct);
        counts.Add(await GroupRows.ApplyAsync(db, document.Groups, ct));
        await db.SaveChangesAsync(ct);
        await ImportAuthenticatorsAsync(document, ct);
        IReadOnlyList<SetupCounts> all = gone is null ? counts : [.. counts, gone];
        if (all.Any(count => count.Changes.Count > 0))
        {
            events.Record(db, new SetupApplied(all));
            await db.SaveChangesAsync(ct);
        }

        await transaction.CommitAsync(ct);
        return counts;
    }

    private async Task ImportAuthenticatorsAsync(SetupDocument document, CancellationToken ct)
    {
        foreach (var entry in document.Users.Where(user => user.TotpSecret is not null))
        {
            var name = UserNames.Normalize(entry.Username);
            var id = await db.Set<User>().Where(user => user.NormalizedUserName == name).Select(user => user.Id).SingleAsync(ct);
            await authenticators.Single().ImportTotpAsync(db, id, entry.TotpSecret!, ct);
        }

        await db.SaveChangesAsync(ct);
    }
}
