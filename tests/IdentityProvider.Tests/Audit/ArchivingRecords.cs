using IdentityProvider.Audit;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Audit;

/// <summary>The commands: what is old leaves the database, and the chain is proven over both.</summary>
public sealed class ArchivingRecords
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(400));

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task An_archive_keeps_the_chain(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        using var workspace = new Workspace();
        await using var host = await StartAsync(database);
        var all = await host.AuditAsync();
        var old = all.Count(r => r.At < clock.GetUtcNow() - TimeSpan.FromDays(30));
        var file = Path.Combine(workspace.Folder, "one.jsonl");

        var header = await ArchiveAsync(host, file);
        Assert.Equal((1, old), (header!.From, header.To));
        Assert.Equal(old + 2, File.ReadLines(file).Count());
        var left = await host.AuditAsync();
        Assert.Equal(all.Skip(old).Select(r => r.Id), left.Take(all.Count - old).Select(r => r.Id));
        Assert.Contains(left, r => r.Name == "audit.archived");
        Assert.Null((await host.VerifyAsync()).Break);
        Assert.Null(await ArchiveAsync(host, Path.Combine(workspace.Folder, "two.jsonl")));

        // A second one goes on where the first ends.
        clock.Advance(TimeSpan.FromDays(40));
        await host.RecordAsync(3, "newest");
        await host.AuditAsync();
        var second = Path.Combine(workspace.Folder, "second.jsonl");
        Assert.Equal(old + 1, (await ArchiveAsync(host, second))!.From);
        Assert.Equal(0, (await VerifyAsync(host, database, "--archive", file, "--archive", second)).Code);
        Assert.Equal(0, (await VerifyAsync(host, database)).Code);
        Assert.Contains($"record {old + 1}", (await VerifyAsync(host, database, "--archive", file)).Output, StringComparison.Ordinal);
        Assert.Contains("does not follow", (await VerifyAsync(host, database, "--archive", file, "--archive", file)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("changed", 3)]
    [InlineData("removed", 3)]
    [InlineData("unsigned", -1)]
    [InlineData("cut", -1)]
    public async Task What_is_done_to_an_archive_is_found(string what, long at)
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        using var workspace = new Workspace();
        await using var host = await StartAsync(database);
        await host.AuditAsync();
        var file = Path.Combine(workspace.Folder, "one.jsonl");
        var to = (await ArchiveAsync(host, file))!.To;
        var lines = (await File.ReadAllLinesAsync(file)).ToList();
        switch (what)
        {
            case "changed":
                lines[3] = lines[3].Replace("\"result\":\"", "\"result\":\"x", StringComparison.Ordinal);
                break;
            case "removed":
                lines.RemoveAt(3);
                break;
            case "unsigned":
                lines[^1] = lines[^1].Replace("\"signature\":\"", "\"signature\":\"AAAA", StringComparison.Ordinal);
                break;
            default:
                lines.RemoveAt(lines.Count - 1);
                break;
        }

        await File.WriteAllLinesAsync(file, lines);
        var (code, output) = await VerifyAsync(host, database, "--archive", file);
        Assert.Equal(1, code);
        Assert.StartsWith($"BROKEN at record {(at < 0 ? to : at)}:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_chain_is_not_archived_and_the_command_says_where_it_breaks()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        using var workspace = new Workspace();
        await using var host = await StartAsync(database);
        var count = (await host.AuditAsync()).Count;
        await host.SqlAsync("""DELETE FROM "AuditRecords" WHERE "Sequence" = 2""");
        var file = Path.Combine(workspace.Folder, "one.jsonl");
        var (code, output) = await host.RunCommandAsync(database.Options, "audit", "archive", file, "--older-than", "30");
        Assert.Equal((1, false), (code, File.Exists(file)));
        Assert.Contains("Record 2 is missing", output, StringComparison.Ordinal);
        Assert.Equal((1, $"BROKEN at record 2: Record 2 is missing."), (await VerifyAsync(host, database)) is var verified ? (verified.Code, verified.Output.Trim()) : default);
        Assert.Equal(count - 1, await host.InStoreAsync(db => db.Set<AuditRecord>().CountAsync()));
    }

    [Fact]
    public async Task The_commands_export_verify_with_an_expectation_and_refuse_what_they_do_not_know()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var host = await StartAsync(database);
        var last = (await host.AuditAsync())[^1];
        Assert.Contains("are as they were written", (await VerifyAsync(host, database, "--expect", $"{last.Sequence}:{last.Hash}")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await VerifyAsync(host, database, "--expect", $"{last.Sequence + 1}:{last.Hash}")).Code);
        Assert.Equal(1, (await VerifyAsync(host, database, "--expect", $"{last.Sequence}:{ChainHash.Start}")).Code);
        Assert.Equal(2, (await VerifyAsync(host, database, "--expect", "last")).Code);
        var (code, output) = await host.RunCommandAsync(database.Options, "audit", "export", "--format", "csv", "--name", "tests.thing_changed");
        Assert.Equal((0, 11), (code, output.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal(2, (await host.RunCommandAsync(database.Options, "audit", "export", "--format", "xlsx")).Code);
        Assert.Equal(2, (await host.RunCommandAsync(database.Options, "audit", "archive", "x", "--older-than", "0")).Code);
        Assert.Equal(2, (await host.RunCommandAsync(database.Options, "audit", "prove")).Code);
    }

    private async Task<IdpHost> StartAsync(FreshDatabase database)
    {
        var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Database = database.Options });
        await host.RecordAsync(5, "old");
        await host.AuditAsync();
        clock.Advance(TimeSpan.FromDays(60));
        await host.RecordAsync(5, "new");
        return host;
    }

    private async Task<ArchiveHeader?> ArchiveAsync(IdpHost host, string file)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<AuditArchive>().RunAsync(file, clock.GetUtcNow() - TimeSpan.FromDays(30), default);
    }

    private static async Task<(int Code, string Output)> VerifyAsync(IdpHost host, FreshDatabase database, params string[] arguments) =>
        await host.RunCommandAsync(database.Options, ["audit", "verify", .. arguments]);
}
