using IdentityProvider.Audit;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Audit;

/// <summary>Looks at the audit of a server without waiting for its background jobs, and lays hands on it.</summary>
internal static class AuditBench
{
    /// <summary>All that is recorded up to now, in the order of the chain.</summary>
    public static async Task<List<AuditRecord>> AuditAsync(this IdpHost host)
    {
        await host.Services.GetRequiredService<EventWriter>().FlushAsync(default);
        await host.ChainAsync();
        return await host.InStoreAsync(db => db.Set<AuditRecord>().AsNoTracking().OrderBy(r => r.Sequence).ToListAsync());
    }

    public static async Task ChainAsync(this IdpHost host)
    {
        while (await host.InStoreAsync(db => db.Set<AuditRecord>().AnyAsync(r => r.Sequence < 0)))
            await host.Services.GetRequiredService<AuditChainJob>().ChainAsync(default);
    }

    public static async Task<AuditVerdict> VerifyAsync(this IdpHost host, ChainEnd? expected = null)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AuditVerification>().RunAsync(expected, default);
    }

    public static Task<int> SqlAsync(this IdpHost host, string sql) => host.InStoreAsync(db => db.Database.ExecuteSqlRawAsync(sql));

    /// <summary>From now on no record can be written.</summary>
    public static Task BreakAsync(this IdpHost host) => host.InStoreAsync(async db =>
    {
        foreach (var sql in db.Database.IsSqlite()
            ? new[] { """CREATE TRIGGER broken BEFORE INSERT ON "AuditRecords" BEGIN SELECT RAISE(ABORT, 'the disk is full'); END""" }
            : ["""CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$""", """CREATE TRIGGER broken BEFORE INSERT ON "AuditRecords" FOR EACH ROW EXECUTE FUNCTION broken()"""])
            await db.Database.ExecuteSqlRawAsync(sql);
        return 0;
    });

    /// <summary>Records so many changes that change nothing.</summary>
    public static async Task RecordAsync(this IdpHost host, int count, string what = "thing")
    {
        await using var scope = host.Services.CreateAsyncScope();
        var (db, events) = (scope.ServiceProvider.GetRequiredService<Store>(), scope.ServiceProvider.GetRequiredService<EventLog>());
        for (var i = 0; i < count; i++)
            await events.RecordAsync(db, () => Task.FromResult<IEvent?>(new ThingChanged($"{what} {i}")), default);
    }

    internal sealed record ThingChanged(string Thing) : IEvent
    {
        public string Name => "tests.thing_changed";
        public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", "tester")];
        public EventTarget? Target => new("thing", Thing);
        public object? Before => new { Colour = "red" };
        public object? After => new { Colour = "blue" };
    }
}
