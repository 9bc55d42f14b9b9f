using System.Data.Common;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityProvider.Tests.Sessions;

/// <summary>The administrators' list costs its page, not the table: the database goes along the index and sorts nothing.</summary>
public sealed class ListingManySessions
{
    private const int Many = 20_000;

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task The_first_page_and_a_deep_one_are_read_along_the_index(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        var plans = new Plans();
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Services = services => services.ConfigureDbContext<Store>(builder => builder.AddInterceptors(plans)) });
        using var browser = new Browser(host);
        await browser.OpenAccountAsync("/account");
        await FillAsync(host, provider);

        await using var scope = host.Services.CreateAsyncScope();
        var search = scope.ServiceProvider.GetRequiredService<SessionSearch>();
        plans.Watching = true;
        var (sessions, next) = await search.FindAsync(new SessionFilter(null, null, null), null, 50, default);
        Assert.Equal(50, sessions.Count);
        Assert.NotNull(next);
        var middle = await host.InStoreAsync(db => db.Set<Session>().OrderBy(s => s.CreatedAt).Skip(Many / 10).Select(s => new { s.CreatedAt, s.Id }).FirstAsync());
        (sessions, _) = await search.FindAsync(new SessionFilter(null, null, null), $"{middle.CreatedAt.UtcTicks}.{middle.Id:N}", 50, default);
        Assert.Equal(50, sessions.Count);
        Assert.All(sessions, live => Assert.True(live.Session.CreatedAt <= middle.CreatedAt && live.Session.Id != middle.Id));

        Assert.Equal(2, plans.Read.Count);
        Assert.All(plans.Read, plan =>
        {
            Assert.Contains("IX_Sessions_CreatedAt_Id", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        });
        Assert.Matches(provider == DatabaseProvider.Sqlite ? @"SEARCH \S+ USING INDEX IX_Sessions_CreatedAt_Id \(CreatedAt<" : "Index Cond: .*CreatedAt", plans.Read[1]);
    }

    /// <summary>The one session there is, again and again, each a little older.</summary>
    private static Task FillAsync(IdpHost host, DatabaseProvider provider) => host.InStoreAsync(async db =>
    {
        var columns = db.Model.FindEntityType(typeof(Session))!.GetProperties().Select(p => p.GetColumnName()).Append("Factors").ToList();
        var isPostgres = provider == DatabaseProvider.PostgreSql;
        var values = columns.Select(c => (c, isPostgres) switch
        {
            ("Id", true) => "gen_random_uuid()",
            ("Id", false) => "upper(printf('%s-%s-%s-%s-%s', hex(randomblob(4)), hex(randomblob(2)), hex(randomblob(2)), hex(randomblob(2)), hex(randomblob(6))))",
            ("HandleHash", _) => "CAST(i AS text)",
            ("CreatedAt", true) => "s.\"CreatedAt\" - i * interval '1 millisecond'",
            ("CreatedAt", false) => "s.CreatedAt - i * 10000",
            _ => $"s.\"{c}\"",
        });
        var sql = $"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Many})
            INSERT INTO "Sessions" ({string.Join(", ", columns.Select(c => $"\"{c}\""))}) SELECT {string.Join(", ", values)} FROM n, "Sessions" s
            """;
        await db.Database.ExecuteSqlRawAsync(sql);
        return isPostgres ? await db.Database.ExecuteSqlRawAsync("ANALYZE \"Sessions\"") : 0;
    });

    /// <summary>What the database says of each ordered query on sessions.</summary>
    private sealed class Plans : DbCommandInterceptor
    {
        public List<string> Read { get; } = [];
        public bool Watching { get; set; }

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (Watching && command.CommandText.Contains("\"Sessions\"", StringComparison.Ordinal) && command.CommandText.Contains("DESC", StringComparison.Ordinal))
            {
                var text = command.CommandText;
                var isPostgres = command is Npgsql.NpgsqlCommand;
                command.CommandText = (isPostgres ? "EXPLAIN " : "EXPLAIN QUERY PLAN ") + text;
                var lines = new List<string>();
                await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
                    while (await reader.ReadAsync(cancellationToken))
                        lines.Add(reader.GetString(isPostgres ? 0 : 3));
                command.CommandText = text;
                Read.Add(string.Join('\n', lines));
            }

            return result;
        }
    }
}
