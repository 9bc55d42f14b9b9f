using System.Net;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Admin;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Passkeys;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Audit;

/// <summary>A change and its record are one.</summary>
public sealed class RecordingChanges
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_change_that_cannot_be_recorded_does_not_happen(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document(), Database = database.Options });
        var bench = new RightsBench(host, clock);
        var ada = await bench.TokenAsync("ada");
        using var browser = new Browser(host);
        clock.Advance(TimeSpan.FromSeconds(30));
        await browser.OpenAccountAsync("/account/password", "grace");
        await browser.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(clock.GetUtcNow().UtcDateTime)));
        using var events = new EventTrap(host);
        await host.BreakAsync();

        Assert.InRange((int)(await bench.SendAsync(HttpMethod.Post, "roles", ada, new { name = "helper", permissions = new[] { "sessions:read" } })).Status, 500, 599);
        Assert.InRange((int)(await bench.PutAsync($"users/{await bench.SubAsync("grace")}/roles", ada, new { roles = new[] { "reader" } })).Status, 500, 599);
        var (old, _) = (await HashAsync(host), await browser.SubmitAsync("Save the password", ("password", "another horse staple")));
        Assert.Equal(old, await HashAsync(host));
        Assert.False(await host.InStoreAsync(db => db.Set<Role>().AnyAsync(role => role.Name == "helper")));
        Assert.Equal("", await bench.EffectiveAsync("grace", ada));
        Assert.DoesNotContain(events.Names, name => name is "roles.created" or "roles.assigned" or "users.password_changed");
    }

    [Fact]
    public async Task A_record_says_who_did_what_to_whom_from_where_before_and_after()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document() });
        var bench = new RightsBench(host, clock);
        var (ada, grace) = (await bench.TokenAsync("ada"), await bench.SubAsync("grace"));
        Assert.Equal(HttpStatusCode.OK, (await bench.PutAsync($"users/{grace}/roles", ada, new { roles = new[] { "reader" } })).Status);

        var record = Assert.Single(await host.AuditAsync(), r => r.Name == "roles.assigned");
        Assert.Equal((clock.GetUtcNow(), "done", "user", (await bench.SubAsync("ada")).ToString()), (record.At, record.Result, record.ActorKind, record.ActorId));
        Assert.Equal(("user", grace.ToString(), "trusted", "127.0.0.1"), (record.TargetKind, record.TargetId, record.ClientId, record.Address));
        Assert.Equal(("[]", """["reader"]""", """{"added":"reader"}"""), (record.Before, record.After, record.Details));
        Assert.True(Guid.TryParse(record.SessionId, out _));
    }

    [Fact]
    public async Task What_is_rolled_back_leaves_neither_a_record_nor_a_line()
    {
        await using var host = await IdpHost.StartAsync();
        using var events = new EventTrap(host);
        await using var scope = host.Services.CreateAsyncScope();
        var (db, log) = (scope.ServiceProvider.GetRequiredService<Store>(), scope.ServiceProvider.GetRequiredService<EventLog>());
        await using (await db.Database.BeginTransactionAsync())
        {
            log.Record(db, new AuditBench.ThingChanged("undone"));
            await db.SaveChangesAsync();
            Assert.DoesNotContain("tests.thing_changed", events.Names);
        }

        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            log.Record(db, new AuditBench.ThingChanged("done"));
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        Assert.Single(events.Names, "tests.thing_changed");
        Assert.Equal("done", Assert.Single(await host.AuditAsync(), r => r.Name == "tests.thing_changed").TargetId);
    }

    [Fact]
    public async Task A_transaction_whose_record_was_forgotten_does_not_commit()
    {
        await using var host = await IdpHost.StartAsync();
        await using var scope = host.Services.CreateAsyncScope();
        var (db, log) = (scope.ServiceProvider.GetRequiredService<Store>(), scope.ServiceProvider.GetRequiredService<EventLog>());
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.Set<User>().ExecuteUpdateAsync(set => set.SetProperty(user => user.Name, "Somebody else"));
        log.Record(db, new AuditBench.ThingChanged("forgotten"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.CommitAsync());
    }

    [Fact]
    public async Task What_changes_nothing_is_written_soon_and_at_the_latest_when_the_server_stops()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using (var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options }))
        {
            using var browser = new Browser(host);
            await browser.OpenAccountAsync("/account", "ada", "wrong");
        }

        await using var after = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        var record = Assert.Single(await after.AuditAsync(), r => r.Name == "sign_in.refused");
        Assert.Equal(("refused", "anonymous", "user", "wrong_password"), (record.Result, record.ActorKind, record.TargetKind, record.Reason));
    }

    private static Task<string?> HashAsync(IdpHost host) => host.InStoreAsync(db => db.Set<User>().Where(user => user.UserName == "grace").Select(user => user.PasswordHash).SingleAsync());
}
