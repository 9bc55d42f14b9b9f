using IdentityProvider.Audit;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityProvider.Tests.Audit;

/// <summary>The chain: made by many nodes at once, and broken by whoever lays hands on the database.</summary>
public sealed class ChainingRecords
{
    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    /// <summary>What somebody does to the database, the number it is found at, and a word of what is said.</summary>
    public static TheoryData<DatabaseProvider, string, long, string> Hands
    {
        get
        {
            var data = new TheoryData<DatabaseProvider, string, long, string>();
            foreach (var provider in FreshDatabase.HasPostgres ? new[] { DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql } : [DatabaseProvider.Sqlite])
            {
                data.Add(provider, """UPDATE "AuditRecords" SET "Reason" = 'another' WHERE "Sequence" = 5""", 5, "changed");
                data.Add(provider, """UPDATE "AuditRecords" SET "ActorId" = NULL WHERE "Sequence" = 1""", 1, "changed");
                data.Add(provider, """UPDATE "AuditRecords" SET "Address" = '' WHERE "Sequence" = 5""", 5, "changed");
                data.Add(provider, """DELETE FROM "AuditRecords" WHERE "Sequence" = 5""", 5, "missing");
                data.Add(provider, """DELETE FROM "AuditRecords" WHERE "Sequence" = 1""", 1, "missing");
                data.Add(provider, """DELETE FROM "AuditRecords" WHERE "Sequence" > 15""", 16, "missing");
                data.Add(provider, """DELETE FROM "AuditRecords" WHERE "Sequence" > 0""", 1, "missing");
                data.Add(provider, """UPDATE "AuditRecords" SET "Sequence" = CASE "Sequence" WHEN 5 THEN 1006 ELSE 1005 END WHERE "Sequence" IN (5, 6); UPDATE "AuditRecords" SET "Sequence" = "Sequence" - 1000 WHERE "Sequence" > 1000""", 5, "changed places");
                data.Add(provider, """DELETE FROM "AuditRecords" WHERE "Sequence" > 15; DELETE FROM "AuditCheckpoints" WHERE "Sequence" > 15""", 11, "behind the end");
                data.Add(provider, """UPDATE "AuditCheckpoints" SET "Sequence" = 15, "Hash" = (SELECT "Hash" FROM "AuditRecords" WHERE "Sequence" = 15) WHERE "Sequence" = 20; DELETE FROM "AuditRecords" WHERE "Sequence" > 15""", 15, "not signed");
                data.Add(provider, """UPDATE "AuditCheckpoints" SET "Archived" = TRUE WHERE "Sequence" = 10; DELETE FROM "AuditRecords" WHERE "Sequence" <= 10""", 10, "not signed");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Hands))]
    public async Task Whatever_is_done_to_the_records_is_found(DatabaseProvider provider, string sql, long at, string word)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var host = await StartAsync(database);
        Assert.Null((await host.VerifyAsync()).Break);
        await host.SqlAsync(sql);
        var found = (await host.VerifyAsync()).Break;
        Assert.Equal(at, found?.Sequence);
        Assert.Contains(word, found!.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_that_was_computed_anew_does_not_fit_what_was_signed()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var host = await StartAsync(database);
        await host.InStoreAsync(async db =>
        {
            var hash = ChainHash.Start;
            foreach (var record in await db.Set<AuditRecord>().OrderBy(r => r.Sequence).ToListAsync())
            {
                if (record.Sequence == 12)
                    record.ActorId = "somebody else";
                record.Hash = hash = ChainHash.Of(hash, record.Sequence, record);
            }

            return await db.SaveChangesAsync();
        });
        var found = (await host.VerifyAsync()).Break;
        Assert.Equal((11, true), (found!.Sequence, found.Words.Contains("from 11 to 20", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_tail_cut_back_to_a_checkpoint_is_missed_by_whoever_saw_it_longer()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var host = await StartAsync(database);
        var seen = await host.InStoreAsync(db => db.Set<AuditCheckpoint>().OrderByDescending(c => c.Sequence).Select(c => new ChainEnd(c.Sequence, c.Hash)).FirstAsync());
        Assert.Null((await host.VerifyAsync(seen)).Break);
        await host.SqlAsync("""DELETE FROM "AuditRecords" WHERE "Sequence" > 10; DELETE FROM "AuditCheckpoints" WHERE "Sequence" > 10""");
        Assert.Null((await host.VerifyAsync()).Break);
        Assert.Equal(11, (await host.VerifyAsync(seen)).Break?.Sequence);

        // The node that chained them saw it too, and says so by itself.
        await host.RecordAsync(1);
        await host.AuditAsync();
        Assert.Contains(await host.AuditAsync(), r => r is { Name: "audit.chain_shortened", Result: "failed" });
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Many_writers_on_two_nodes_make_one_unbroken_chain(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var one = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        await using var two = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Issuer = one.Issuer, Port = IdpHost.FreePort() });
        using var done = new CancellationTokenSource();
        Task Chaining(IdpHost host) => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await host.Services.GetRequiredService<AuditChainJob>().ChainAsync(default);
        });
        var chaining = new[] { Chaining(one), Chaining(two) };
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => (i % 2 == 0 ? one : two).RecordAsync(10, $"writer {i}"))));
        await done.CancelAsync();
        await Task.WhenAll(chaining);

        var records = await one.AuditAsync();
        Assert.Equal(160, records.Count(r => r.Name == "tests.thing_changed"));
        Assert.Equal(Enumerable.Range(1, records.Count).Select(n => (long)n), records.Select(r => r.Sequence));
        Assert.Equal((null, records.Count), ((await two.VerifyAsync()).Break, (int)(await two.VerifyAsync()).To));
    }

    [Fact]
    public async Task When_the_node_that_chains_dies_another_goes_on()
    {
        await using var host = await IdpHost.StartAsync();
        await host.ChainAsync();
        var (dead, now) = (Guid.CreateVersion7(), TimeProvider.System.GetUtcNow());
        await host.InStoreAsync(async db =>
        {
            await db.Set<Lease>().Where(l => l.Name == AuditChainJob.Job).ExecuteDeleteAsync();
            return await Lease.TryTakeAsync(db, AuditChainJob.Job, dead, now, now.AddSeconds(2), default);
        });
        await host.RecordAsync(3);
        await Eventually.HoldsAsync(() => host.InStoreAsync(async db => !await db.Set<AuditRecord>().AnyAsync(r => r.Sequence < 0)));
        Assert.NotEqual(dead, await host.InStoreAsync(db => db.Set<Lease>().Where(l => l.Name == AuditChainJob.Job).Select(l => l.Holder).SingleAsync()));
        Assert.Null((await host.VerifyAsync()).Break);
    }

    /// <summary>Twenty records, with checkpoints at 10 and at the end. The node's own job keeps away.</summary>
    private static async Task<IdpHost> StartAsync(FreshDatabase database)
    {
        var setup = new IdpSetup { Database = database.Options, Settings = { ["Audit:CheckpointEvery"] = "10" } };
        await using (var first = await IdpHost.StartAsync(setup))
            await first.AuditAsync();
        var host = await IdpHost.StartAsync(setup);
        await host.SqlAsync("""DELETE FROM "Leases"; DELETE FROM "AuditRecords"; DELETE FROM "AuditCheckpoints" """);
        var now = TimeProvider.System.GetUtcNow();
        await host.InStoreAsync(db => Lease.TryTakeAsync(db, AuditChainJob.Job, Guid.CreateVersion7(), now, now.AddHours(1), default));
        await host.RecordAsync(10);
        await host.ChainAsync();
        await host.RecordAsync(10, "later");
        await host.ChainAsync();
        Assert.Equal([10, 20], await host.InStoreAsync(db => db.Set<AuditCheckpoint>().OrderBy(c => c.Sequence).Select(c => c.Sequence).ToListAsync()));
        return host;
    }
}
