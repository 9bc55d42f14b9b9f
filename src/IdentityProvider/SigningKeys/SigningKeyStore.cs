using System.Data;
using System.Data.Common;
using System.Security.Cryptography;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.SigningKeys;

/// <summary>The keys in the database. Every change is one serializable transaction in a scope of its own.</summary>
internal sealed class SigningKeyStore(
    IServiceScopeFactory scopes, SigningKeyRing ring, MasterKey master, EventLog events, IOptions<SigningKeysOptions> options, TimeProvider clock)
{
    /// <summary>Of one algorithm. Bounds the key set document that every client downloads.</summary>
    public const int MaximumPublished = 5;

    /// <summary>Makes the keys that are due, removes those that are done, and loads the ring. Safe on all nodes at once.</summary>
    public async Task EnsureAsync(CancellationToken ct)
    {
        var keys = await ReadAsync(ct);

        // Almost always there is nothing to do, and a read is all it costs.
        var now = Now;
        if (SigningAlgorithms.All.Any(a => IsDue([.. keys.Where(k => k.Algorithm == a)], now)))
            keys = await ChangeAsync((db, same, algorithm) => AddDue(db, same, algorithm, now), ct);
        ring.Replace(keys);
    }

    /// <summary>
    /// Replaces the active keys: new ones are published now and sign as soon as no client uses an older key set; the old ones
    /// stay published until their tokens are dead.
    /// </summary>
    /// <param name="ct">Cancels.</param>
    /// <param name="by">Who wants it, recorded in the same transaction.</param>
    /// <returns>When the new keys start to sign.</returns>
    /// <exception cref="InvalidOperationException">Too many keys are published already; the message says when one leaves.</exception>
    public async Task<DateTimeOffset> RotateAsync(CancellationToken ct, IEvent? by = null)
    {
        var at = SigningKeySchedule.SoonestActivation(Now, options.Value);
        ring.Replace(await ChangeAsync((db, same, algorithm) => Supersede(db, same, algorithm, at), ct, by));
        return at;
    }

    /// <summary>New keys sign now and all old ones are gone, with every token they signed: for the day one of them leaked.</summary>
    /// <param name="ct">Cancels.</param>
    /// <param name="by">Who wants it, recorded in the same transaction.</param>
    public async Task ReplaceAllAsync(CancellationToken ct, IEvent? by = null)
    {
        var now = Now;
        ring.Replace(await ChangeAsync((db, same, algorithm) =>
        {
            db.RemoveRange(same);
            db.Add(Create(algorithm, now));
        }, ct, by));
    }

    /// <summary>What is published, by algorithm and age.</summary>
    public async Task<IReadOnlyList<SigningKeyStatus>> ListAsync(CancellationToken ct) => [.. SigningKeyStatus.Of(await ReadAsync(ct), Now)];

    /// <summary>Whole seconds, which every database keeps exactly.</summary>
    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());

    private bool IsDue(List<SigningKey> same, DateTimeOffset now) =>
        SigningKeySchedule.DueActivation(same, now, options.Value) is not null || same.Exists(k => SigningKeySchedule.HasExpired(k, now, options.Value));

    private void AddDue(Store db, List<SigningKey> same, string algorithm, DateTimeOffset now)
    {
        if (SigningKeySchedule.DueActivation(same, now, options.Value) is { } activation)
            db.Add(Create(algorithm, activation));
        db.RemoveRange(same.Where(k => SigningKeySchedule.HasExpired(k, now, options.Value)));
    }

    private void Supersede(Store db, List<SigningKey> same, string algorithm, DateTimeOffset at)
    {
        // What would have come next is as old as what it replaces: a leak may have taken both.
        var superseded = same.FindAll(k => k.ActivatesAt >= at);
        if (same.Count - superseded.Count >= MaximumPublished)
            throw new InvalidOperationException($"{same.Count} {algorithm} keys are published already; the oldest leaves at {same.Min(k => k.ExpiresAt):u}, rotate after that.");
        db.RemoveRange(superseded);
        foreach (var key in same.Where(k => k.ActivatesAt < at && k.RetiresAt > at))
            SigningKeySchedule.Retire(key, at, options.Value);
        db.Add(Create(algorithm, at));
    }

    private SigningKey Create(string algorithm, DateTimeOffset activatesAt)
    {
        using var pair = SigningAlgorithms.Generate(algorithm);
        var pkcs8 = pair.ExportPkcs8PrivateKey();
        try
        {
            var key = new SigningKey
            {
                KeyId = SigningAlgorithms.Open(algorithm, pkcs8).Kid,
                Algorithm = algorithm,
                ProtectedPrivateKey = master.Protect(pkcs8, SigningKeyRing.Purpose),
                CreatedAt = Now,
            };
            SigningKeySchedule.Plan(key, activatesAt, options.Value);
            return key;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pkcs8);
        }
    }

    private async Task<List<SigningKey>> ReadAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Store>().Set<SigningKey>().AsNoTracking().ToListAsync(ct);
    }

    /// <summary>
    /// Reads, decides and writes as if alone. When two nodes want the same, the databases make one of them wait or fail;
    /// it then reads what the other made and has nothing left to do.
    /// </summary>
    private async Task<List<SigningKey>> ChangeAsync(Action<Store, List<SigningKey>, string> change, CancellationToken ct, IEvent? by = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryChangeAsync(change, by, ct);
            }
            catch (Exception failure) when (attempt < 5 && failure.GetBaseException() is DbException)
            {
                // A serialization failure (PostgreSQL 40001) or a deadlock (SQL Server 1205): decide again.
            }
        }
    }

    private async Task<List<SigningKey>> TryChangeAsync(Action<Store, List<SigningKey>, string> change, IEvent? by, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.Serializable, ct);
        var keys = await db.Set<SigningKey>().ToListAsync(ct);
        foreach (var algorithm in SigningAlgorithms.All)
            change(db, keys.FindAll(k => k.Algorithm == algorithm), algorithm);

        foreach (var entry in db.ChangeTracker.Entries<SigningKey>().ToList())
        {
            if (entry.State == EntityState.Added)
                events.Record(db, new SigningKeyCreated(entry.Entity.KeyId, entry.Entity.Algorithm, entry.Entity.ActivatesAt));
            else if (entry.State == EntityState.Deleted)
                events.Record(db, new SigningKeyRemoved(entry.Entity.KeyId, entry.Entity.Algorithm));
        }

        if (by is not null)
            events.Record(db, by);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return [.. db.ChangeTracker.Entries<SigningKey>().Select(e => e.Entity)];
    }
}
