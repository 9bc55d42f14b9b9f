using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Xunit;

namespace IdentityProvider.Tests.House;

/// <summary>One suite for every database: what the migrations make is what the model needs.</summary>
public sealed class Schema
{
    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    internal static Store Open(DatabaseOptions options) => new(((DbContextOptionsBuilder<Store>)new DbContextOptionsBuilder<Store>().UseProvider(options)).Options);

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Migrations_make_what_the_model_needs_and_a_second_run_changes_nothing(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var db = Open(database.Options);
        await db.Database.MigrateAsync();
        Assert.Empty(await db.Database.GetPendingMigrationsAsync());
        var columns = await ColumnsAsync(db);
        await db.Database.MigrateAsync();

        Assert.Equal(columns, await ColumnsAsync(db));
        var needed = db.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables.SelectMany(t => t.Columns.Select(c => $"{t.Name}.{c.Name}"));
        Assert.Equal(needed.Order(StringComparer.Ordinal), columns.Where(c => !c.StartsWith("__EF", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Every_table_can_be_read(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var db = Open(database.Options);
        await db.Database.MigrateAsync();
        var types = db.Model.GetEntityTypes().Where(t => !t.IsOwned()).Select(t => t.ClrType).ToList();
        Assert.True(types.Count >= 10);
        foreach (var type in types)
            Assert.Empty((IQueryable<object>)typeof(DbContext).GetMethod(nameof(DbContext.Set), [])!.MakeGenericMethod(type).Invoke(db, null)!);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_new_list_of_an_old_row_is_empty(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var db = Open(database.Options);
        await db.GetService<IMigrator>().MigrateAsync("SecondFactorsAndProviders");
        await db.Database.ExecuteSqlAsync($"""INSERT INTO "Apis" ("Id", "Identifier") VALUES ({Guid.CreateVersion7()}, 'urn:old')""");
        await db.Database.MigrateAsync();
        Assert.Empty((await db.Set<Api>().SingleAsync()).Roles);
    }

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.PostgreSql)]
    [InlineData(DatabaseProvider.SqlServer)]
    public void The_checked_in_migrations_have_the_whole_model(DatabaseProvider provider)
    {
        var nowhere = provider == DatabaseProvider.Sqlite ? "Data Source=:memory:" : provider == DatabaseProvider.PostgreSql ? "Host=nowhere" : "Server=nowhere";
        using var db = Open(new DatabaseOptions { Provider = provider, ConnectionString = nowhere });
        Assert.False(db.Database.HasPendingModelChanges(), $"dotnet ef migrations add <Name> --project migrations/{provider}");
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Ids_are_ordered_by_time(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var db = Open(database.Options);
        await db.Database.MigrateAsync();
        var written = new List<Guid>();
        for (var i = 0; i < 20; i++)
        {
            var key = new SigningKey { KeyId = $"key {i}", Algorithm = "ES256", ProtectedPrivateKey = "none" };
            db.Add(key);
            written.Add(key.Id);
            await db.SaveChangesAsync();
        }

        Assert.All(written, id => Assert.Equal(7, id.Version));
        Assert.Equal(written.Order().Select(Milliseconds), written.Select(Milliseconds));
        var read = await db.Set<SigningKey>().AsNoTracking().OrderBy(k => k.Id).Select(k => k.Id).ToListAsync();
        Assert.Equal(written.Order(), read);
    }

    [Fact]
    public void Every_table_makes_its_ids_that_way()
    {
        using var db = Open(new DatabaseOptions { ConnectionString = "Data Source=:memory:" });
        var keys = db.GetService<IDesignTimeModel>().Model.GetEntityTypes()
            .SelectMany(t => t.FindPrimaryKey()!.Properties).Where(p => p.ClrType == typeof(Guid) && !p.IsForeignKey()).ToList();
        Assert.True(keys.Count >= 10);
        Assert.All(keys, key => Assert.IsType<TimeOrderedGuids>(key.GetValueGeneratorFactory()!(key, key.DeclaringType)));
    }

    private static string Milliseconds(Guid id) => id.ToString("N")[..12];

    private static async Task<List<string>> ColumnsAsync(Store db)
    {
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = db.Database.IsSqlite()
            ? "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
            : "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public'";
        await using var reader = await command.ExecuteReaderAsync();
        var columns = new List<string>();
        while (await reader.ReadAsync())
            columns.Add(reader.GetString(0));
        columns.Sort(StringComparer.Ordinal);
        return columns;
    }
}
