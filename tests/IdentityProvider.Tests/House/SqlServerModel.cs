using System.Globalization;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace IdentityProvider.Tests.House;

/// <summary>What can be known of SQL Server without one: its parser accepts our scripts, and its limits are kept.</summary>
public sealed class SqlServerModel
{
    /// <summary>Bytes of a nonclustered key; a clustered one (every primary key is) holds 900.</summary>
    private const int IndexLimit = 1700, ClusteredLimit = 900;

    private static readonly Store Db = Schema.Open(new DatabaseOptions { Provider = DatabaseProvider.SqlServer, ConnectionString = "Server=nowhere" });
    private static readonly List<ITable> Tables = [.. Db.GetService<IDesignTimeModel>().Model.GetRelationalModel().Tables];

    [Fact]
    public void The_scripts_are_T_SQL()
    {
        var migrations = Db.GetService<IMigrator>().GenerateScript(options: MigrationsSqlGenerationOptions.Idempotent);
        Assert.Contains("CREATE TABLE [Clients]", migrations, StringComparison.Ordinal);
        Assert.Empty(Errors(migrations));
        Assert.Empty(Errors(Db.Database.GenerateCreateScript()));
        Assert.NotEmpty(Errors(migrations + "\nCREATE TABEL [Planted] ([Id] int);"));
    }

    [Fact]
    public void Keys_and_indexes_fit()
    {
        var keys = from table in Tables
                   from key in table.UniqueConstraints.Select(u => (u.Name, u.Columns, Limit: u.GetIsPrimaryKey() ? ClusteredLimit : IndexLimit))
                       .Concat(table.Indexes.Select(i => (i.Name, i.Columns, Limit: IndexLimit)))
                   select (Name: $"{table.Name}.{key.Name}", Size: key.Columns.Sum(c => Bytes(c.StoreType)), key.Limit);
        Assert.All(keys, key => Assert.True(key.Size <= key.Limit, $"{key.Name} takes {key.Size} bytes of {key.Limit}"));
    }

    [Fact]
    public void No_table_is_reached_by_two_cascades()
    {
        var cascades = Tables.SelectMany(t => t.ForeignKeyConstraints)
            .Where(f => f.OnDeleteAction is ReferentialAction.Cascade or ReferentialAction.SetNull or ReferentialAction.SetDefault)
            .Select(f => (From: f.PrincipalTable.Name, To: f.Table.Name)).ToList();
        Assert.NotEmpty(cascades);
        Assert.Empty(TwiceReached(cascades));
    }

    [Fact]
    public void A_planted_second_cascade_is_found()
    {
        Assert.Equal(["a => d"], TwiceReached([("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]));
        Assert.Equal(["a => b"], TwiceReached([("a", "b"), ("a", "b")]));
        Assert.NotEmpty(TwiceReached([("a", "a")]));
        Assert.Empty(TwiceReached([("a", "b"), ("b", "c"), ("d", "c")]));
    }

    [Fact]
    public void Text_is_compared_byte_by_byte()
    {
        var columns = Tables.SelectMany(t => t.Columns).Where(c => c.PropertyMappings.Any(m => m.Property.ClrType == typeof(string))).ToList();
        Assert.True(columns.Count > 50);
        Assert.All(columns, c => Assert.True(c.Collation == "Latin1_General_100_BIN2", $"{c.Table.Name}.{c.Name} is compared without case"));
    }

    private static IList<ParseError> Errors(string script)
    {
        new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(script), out var errors);
        return errors;
    }

    private static int Bytes(string storeType) => storeType.Split('(', ')') switch
    {
        ["uniqueidentifier"] => 16,
        ["int"] => 4,
        ["bit"] => 1,
        ["bigint"] or ["datetime2"] => 8,
        ["datetimeoffset"] => 10,
        ["nvarchar", "max", _] or ["varbinary", "max", _] => int.MaxValue / 16,
        ["nvarchar", var length, _] => 2 * int.Parse(length, CultureInfo.InvariantCulture),
        ["varbinary", var length, _] => int.Parse(length, CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"Say here how many bytes {storeType} takes."),
    };

    /// <summary>SQL Server refuses a foreign key when a deletion could come to one table on two ways (error 1785).</summary>
    private static IEnumerable<string> TwiceReached(List<(string From, string To)> cascades)
    {
        var next = cascades.ToLookup(c => c.From, c => c.To);
        return next.Select(c => c.Key).SelectMany(from => Ways(from, [from]).CountBy(to => to).Where(to => to.Value > 1 || to.Key == from).Select(to => $"{from} => {to.Key}"));

        IEnumerable<string> Ways(string from, string[] seen) =>
            next[from].SelectMany(to => seen.Contains(to) ? [to] : Ways(to, [.. seen, to]).Prepend(to));
    }
}
