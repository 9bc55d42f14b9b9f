using IdentityProvider.Clients;
using IdentityProvider.Email;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.SigningKeys;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Admin.Dashboard;

/// <summary>The numbers of the dashboard that are counted beforehand, and what it sees coming, of the rooms below this one.</summary>
internal static class DashboardFigures
{
    public const string People = "people", Sessions = "sessions", Locked = "locked", SecondFactor = "second_factor", Passkey = "passkey", MailsTried = "mails_tried", WebhooksGivenUp = "webhooks_given_up";

    /// <summary>Of accounts that are locked at once, so many are told apart.</summary>
    private const int MostLocks = 10_000;

    public static IServiceCollection AddFigures(this IServiceCollection services) => services
        .AddSingleton(new Figure(People, static (db, _, ct) => Able(db).LongCountAsync(ct)))
        .AddSingleton(new Figure(Sessions, static (db, now, ct) => db.Set<Session>().LongCountAsync(s => s.IdleExpiresAt > now && s.ExpiresAt > now && s.CompletedAt != null, ct)))
        .AddSingleton(new Figure(MailsTried, static (db, _, ct) => db.Set<Mail>().LongCountAsync(mail => mail.Attempts > 0, ct)))
        .AddSingleton(provider => new Figure(Locked, (db, now, ct) => LockedAsync(provider, db, now, ct)))
        .AddSingleton(provider => new Figure(SecondFactor, (db, _, ct) => HoldersAsync(db, provider.GetServices<FactorHolders>(), ct)))
        .AddSingleton(provider => new Figure(Passkey, (db, _, ct) => HoldersAsync(db, provider.GetServices<FactorHolders>().Where(factor => factor.Kind == FactorHolders.Passkey), ct)))
        .AddSingleton(new Ending(Permission.ReadKeys, static async (db, now, until, most, ct) =>
            [.. SigningKeyStatus.Of(await db.Set<SigningKey>().AsNoTracking().ToListAsync(ct), now).Where(key => key.State is SigningKeyState.Active && key.RetiresAt < until).OrderBy(key => key.RetiresAt).Take(most)
                .Select(key => new EndingThing($"{key.Algorithm} signing key", key.KeyId[..8], key.RetiresAt, null))]))
        .AddSingleton(new Ending(Permission.ReadClients, static async (db, now, until, most, ct) =>
            await (from secret in db.Set<ClientSecret>()
                   where secret.ExpiresAt > now && secret.ExpiresAt < until
                   join client in db.Set<Client>() on secret.ClientId equals client.Id
                   orderby secret.ExpiresAt
                   select new EndingThing("secret of the app", client.DisplayName ?? client.ClientId!, secret.ExpiresAt!.Value, null)).Take(most).ToListAsync(ct)));

    /// <summary>People who can sign in.</summary>
    private static IQueryable<User> Able(Store db) => db.Set<User>().Where(user => user.DisabledAt == null && user.ServiceSince == null);

    private static async Task<long> HoldersAsync(Store db, IEnumerable<FactorHolders> factors, CancellationToken ct) =>
        factors.Select(factor => factor.Users(db)).Aggregate((IQueryable<Guid>?)null, (all, users) => all is null ? users : all.Union(users)) is { } holders
            ? await Able(db).LongCountAsync(user => holders.Contains(user.Id), ct)
            : 0;

    /// <summary>A lock does not say whose it is, so that a stolen table tells nothing; the audit says whose were set.</summary>
    private static async Task<long> LockedAsync(IServiceProvider provider, Store db, DateTimeOffset now, CancellationToken ct)
    {
        var since = now - provider.GetRequiredService<IOptions<UsersOptions>>().Value.Lockout.Duration;
        var locked = await db.Set<AuditRecord>().Where(r => r.At >= since && r.Name == "sign_in.name_locked" && r.TargetKind == Caller.User).Select(r => r.TargetId!).Distinct().Take(MostLocks).ToListAsync(ct);
        long count = 0;
        foreach (var some in AuditedKind.Guids(locked).Chunk(500))
            count += (await provider.GetRequiredService<Lockout>().LockedAsync(some, ct)).Count;
        return count;
    }
}
