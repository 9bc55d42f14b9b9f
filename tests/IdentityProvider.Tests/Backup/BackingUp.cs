using IdentityProvider.Backup;
using IdentityProvider.Backup.Tables;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using Xunit;

namespace IdentityProvider.Tests.Backup;

/// <summary>What is in a backup, and what is done when it is not whole or not for us.</summary>
public sealed class BackingUp : IDisposable
{
    private static readonly Uri issuer = new("http://localhost:5080");
    private readonly Workspace workspace = new();

    private string Named => Path.Combine(workspace.Folder, "one.backup");

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    public static TheoryData<DatabaseProvider, DatabaseProvider> Ways => FreshDatabase.HasPostgres
        ? new() { { DatabaseProvider.Sqlite, DatabaseProvider.Sqlite }, { DatabaseProvider.PostgreSql, DatabaseProvider.PostgreSql }, { DatabaseProvider.Sqlite, DatabaseProvider.PostgreSql }, { DatabaseProvider.PostgreSql, DatabaseProvider.Sqlite } }
        : new() { { DatabaseProvider.Sqlite, DatabaseProvider.Sqlite } };

    public void Dispose() => workspace.Dispose();

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    [InlineData(DatabaseProvider.SqlServer)]
    public void Every_table_and_column_of_the_model_is_in_it(DatabaseProvider provider)
    {
        using var db = Schema.Open(new DatabaseOptions { Provider = provider, ConnectionString = provider == DatabaseProvider.Sqlite ? "Data Source=:memory:" : provider == DatabaseProvider.PostgreSql ? "Host=nowhere" : "Server=nowhere" });
        var tables = db.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables.ToList();
        var copied = StoredTables.Of(db);
        Assert.Equal(tables.Select(table => table.Name).Order(), copied.Select(table => table.Name).Concat(StoredTables.LeftOut.Keys).Order());
        Assert.All(copied, table => Assert.Equal(tables.Single(t => t.Name == table.Name).Columns.Select(c => c.Name).Order(StringComparer.Ordinal), table.Columns.Select(c => c.Name)));
        Assert.All(StoredTables.LeftOut.Values, reason => Assert.True(reason.Length > 20));

        // A number that the database gives would have to go on behind the highest of the copy.
        Assert.DoesNotContain(tables.SelectMany(table => table.Columns).SelectMany(c => c.PropertyMappings), m => m.Property.ValueGenerated != ValueGenerated.Never && (m.Property.ClrType == typeof(int) || m.Property.ClrType == typeof(long)) && m.Property.GetDefaultValue() is null);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Every_row_comes_back_as_it_was_in_whichever_database(DatabaseProvider from, DatabaseProvider to)
    {
        await using var source = FreshDatabase.Of(from);
        await using var target = FreshDatabase.Of(to);
        await PreparedStore.CreateAsync(source.Options);
        await PreparedStore.CreateAsync(target.Options);
        await FilledStore.FillAsync(source.Options);
        var before = await FilledStore.ReadAsync(source.Options);
        Assert.All(before, table => Assert.True(table.Value.Count > 0 || table.Key == "MasterKeys", table.Key));

        var (code, output) = await Commands.RunAsync(issuer, source.Options, [], "backup", "--to", Named);
        Assert.True(code == ExitCode.Done, output);
        Assert.Contains("is whole: http://localhost:5080 at ", output, StringComparison.Ordinal);
        (code, output) = await Commands.RunAsync(issuer, target.Options, [], "restore", "--from", Named, "--keep-sessions", "--keep-api-keys");
        Assert.True(code == ExitCode.Done, output);

        var after = await FilledStore.ReadAsync(target.Options);
        Assert.Empty(after["OneTimeCodes"]);
        Assert.Empty(after["Mails"]);
        Assert.Equal(before["AuditRecords"].Count + 1, after["AuditRecords"].Count);
        Assert.Subset(after["AuditRecords"].ToHashSet(), before["AuditRecords"].ToHashSet());
        Assert.All(before.Where(table => table.Key is not ("OneTimeCodes" or "Mails" or "AuditRecords")), table => Assert.True(table.Value.SequenceEqual(after[table.Key]), table.Key));
        await using var db = Schema.Open(source.Options);
        Assert.True(await db.Set<AuditRecord>().AnyAsync(r => r.Name == "backup.created"));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task It_is_of_one_moment_and_nobody_waits_for_it(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await PreparedStore.CreateAsync(database.Options);
        await using var reading = Schema.Open(database.Options);
        await Moment.BeginAsync(reading, default);
        await using (var writing = Schema.Open(database.Options))
        {
            writing.Add(new SigningKey { KeyId = "later", Algorithm = "ES256", ProtectedPrivateKey = "none" });
            await writing.SaveChangesAsync();
        }

        Assert.False(await reading.Set<SigningKey>().AnyAsync());
        await using var now = Schema.Open(database.Options);
        Assert.True(await now.Set<SigningKey>().AnyAsync());
    }

    [Theory]
    [InlineData("one byte")]
    [InlineData("its header")]
    [InlineData("cut at a chunk")]
    [InlineData("cut in a chunk")]
    [InlineData("longer")]
    [InlineData("chunks exchanged")]
    [InlineData("the end mark alone")]
    public async Task What_is_done_to_a_file_is_found_and_nothing_of_it_stays(string what)
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var target = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await PreparedStore.CreateAsync(database.Options);
        await PreparedStore.CreateAsync(target.Options);
        await FilledStore.FillAsync(database.Options);
        Assert.Equal(ExitCode.Done, (await Commands.RunAsync(issuer, database.Options, [], "backup", "--to", Named)).Code);
        Assert.Equal(ExitCode.Done, (await Commands.RunAsync(issuer, target.Options, [], "backup", "verify", Named)).Code);

        const int Chunk = 4 + (64 * 1024) + 16;
        var bytes = await File.ReadAllBytesAsync(Named);
        var start = 14 + ((bytes[10] << 24) | (bytes[11] << 16) | (bytes[12] << 8) | bytes[13]);
        Assert.True(bytes.Length > start + (3 * Chunk));
        switch (what)
        {
            case "one byte":
                bytes[start + Chunk + 100] ^= 1;
                break;
            case "its header":
                bytes[start - 10] ^= 1;
                break;
            case "cut at a chunk":
                bytes = bytes[..(start + (2 * Chunk))];
                break;
            case "cut in a chunk":
                bytes = bytes[..^5];
                break;
            case "longer":
                bytes = [.. bytes, 0];
                break;
            case "chunks exchanged":
                bytes = [.. bytes[..start], .. bytes[(start + Chunk)..(start + (2 * Chunk))], .. bytes[start..(start + Chunk)], .. bytes[(start + (2 * Chunk))..]];
                break;
            default:
                // The first chunk says that it is the last.
                bytes[start] |= 0x80;
                bytes = bytes[..(start + Chunk)];
                break;
        }

        await File.WriteAllBytesAsync(Named, bytes);
        var (code, output) = await Commands.RunAsync(issuer, target.Options, [], "backup", "verify", Named);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("damaged or was cut", output, StringComparison.Ordinal);
        (code, output) = await Commands.RunAsync(issuer, target.Options, [], "restore", "--from", Named);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("damaged or was cut", output, StringComparison.Ordinal);
        Assert.All(await FilledStore.ReadAsync(target.Options), table => Assert.Empty(table.Value));
    }

    [Fact]
    public async Task Another_key_opens_nothing_and_the_right_one_does_wherever_it_is_given()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await PreparedStore.CreateAsync(database.Options);
        var (other, own) = (Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()), Convert.ToBase64String(Enumerable.Repeat((byte)9, 32).ToArray()));
        Assert.Equal(ExitCode.Done, (await Commands.RunAsync(issuer, database.Options, [], "backup", "--to", Named)).Code);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Named));
        var (code, output) = await VerifyAsync(Named, ("MasterKey", other));
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("encrypted under another key. Give the one of the server that made it", output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await VerifyAsync(Named, ("MasterKey", other), ("FormerMasterKey", Convert.ToBase64String(new byte[32])))).Code);

        var sealedApart = Path.Combine(workspace.Folder, "apart.backup");
        Assert.Equal(ExitCode.Done, (await Commands.RunAsync(issuer, database.Options, new() { ["Backup:KeyFile"] = workspace.Write("key", own) }, "backup", "--to", sealedApart)).Code);
        Assert.Equal(ExitCode.Failed, (await VerifyAsync(sealedApart)).Code);
        Assert.Equal(ExitCode.Done, (await VerifyAsync(sealedApart, ("Backup:Key", own))).Code);

        Task<(int Code, string Output)> VerifyAsync(string file, params (string Name, string Value)[] settings) =>
            Commands.RunAsync(issuer, database.Options, settings.ToDictionary(s => s.Name, s => s.Value), "backup", "verify", file);
    }

    [Fact]
    public async Task A_backup_of_another_schema_or_master_key_or_no_backup_at_all_is_refused()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var target = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using (var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options }))
            Assert.Equal(ExitCode.Done, (await Commands.RunAsync(host.Issuer, database.Options, new() { ["Backup:Key"] = Convert.ToBase64String(new byte[32]) }, "backup", "--to", Named)).Code);
        Directory.CreateDirectory(target.Folder);
        await FailsAsync("is not on the schema of this program. Run the command migrate first", "restore", "--from", Named);
        await FailsAsync("is not on the schema of this program. Run the command migrate first", "backup", "--to", Named + "2");
        Assert.False(File.Exists(Named + "2"));
        Assert.False(File.Exists(Named + "2.part"));
        await PreparedStore.CreateAsync(target.Options);
        await FailsAsync("exists. Name another file", "backup", "--to", Named);
        await FailsAsync("is no backup of this server", "restore", "--from", workspace.Write("text", "This is text, and more of it than a header has."));
        var (code, output) = await Commands.RunAsync(issuer, target.Options, new() { ["Backup:Key"] = Convert.ToBase64String(new byte[32]), ["MasterKey"] = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()) }, "restore", "--from", Named);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("made with another master key", output, StringComparison.Ordinal);
        Assert.All(await FilledStore.ReadAsync(target.Options), table => Assert.Empty(table.Value));

        async Task FailsAsync(string says, params string[] line)
        {
            var (code, output) = await Commands.RunAsync(issuer, target.Options, [], line);
            Assert.Equal(ExitCode.Failed, code);
            Assert.Contains(says, output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("backup", "Say where to: backup --to FILE")]
    [InlineData("backup verfy x", "Did you mean \"verify\"?")]
    [InlineData("restore", "Say which: restore --from FILE")]
    [InlineData("restore --from x --replace https://another.test", "This deletes everything in the database. If you mean it: restore --from x --replace http://localhost:5080")]
    [InlineData("backup --to x --IdentityProvider:Backup:Key=AAAA", "--IdentityProvider:Backup:Key does not belong on a command line")]
    [InlineData("restore --from x --IdentityProvider:Backup:Key AAAA", "--IdentityProvider:Backup:Key does not belong on a command line")]
    [InlineData("move", "Say where to: move --to-provider PostgreSql")]
    [InlineData("move --to-provider Sqlite", "IdentityProvider__Move__ConnectionString")]
    [InlineData("move --to-provider Oracle", "Oracle")]
    [InlineData("move --to-provider PostgreSql --IdentityProvider:Move:ConnectionString=Password=AAAA", "does not belong on a command line")]
    public async Task A_command_that_is_not_meant_does_nothing(string line, string says)
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await PreparedStore.CreateAsync(database.Options);
        var (code, output) = await Commands.RunAsync(issuer, database.Options, [], line.Split(' '));
        Assert.Equal(ExitCode.Misused, code);
        Assert.Contains(says, output, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_database_that_is_used_or_open_elsewhere_is_left_alone(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await PreparedStore.CreateAsync(database.Options);
        await FilledStore.FillAsync(database.Options);
        Assert.Equal(ExitCode.Done, (await Commands.RunAsync(issuer, database.Options, [], "backup", "--to", Named)).Code);
        NpgsqlConnection.ClearAllPools();
        var before = await FilledStore.ReadAsync(database.Options);
        var (code, output) = await Commands.RunAsync(issuer, database.Options, [], "restore", "--from", Named);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("The database is not empty: there are ", output, StringComparison.Ordinal);

        await using (var node = Schema.Open(NotPooled(database.Options)))
        {
            await node.Database.OpenConnectionAsync();
            Assert.True(await node.Set<SigningKey>().AnyAsync());
            (code, output) = await Commands.RunAsync(issuer, database.Options, [], "restore", "--from", Named, "--replace", "http://localhost:5080");
            Assert.Equal(ExitCode.Failed, code);
            Assert.Contains("Somebody else has the database open. Stop every node", output, StringComparison.Ordinal);
        }

        Assert.Equal(before.Values.Sum(rows => rows.Count), (await FilledStore.ReadAsync(database.Options)).Values.Sum(rows => rows.Count));
        (code, output) = await Commands.RunAsync(issuer, database.Options, [], "restore", "--from", Named, "--replace", "http://localhost:5080");
        Assert.True(code == ExitCode.Done, output);
    }

    private static DatabaseOptions NotPooled(DatabaseOptions options) => new() { Provider = options.Provider, ConnectionString = options.ConnectionString + ";Pooling=False" };
}
