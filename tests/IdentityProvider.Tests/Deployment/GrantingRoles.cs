using System.Net;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Npgsql;
using Xunit;

namespace IdentityProvider.Tests.Deployment;

/// <summary>The server under a database role that reads and writes rows and can do nothing else, made by the script that ships.</summary>
public sealed class GrantingRoles
{
    [PostgresTheory, InlineData("deploy/postgresql/roles.sql")]
    public async Task The_server_does_all_its_work_without_owning_anything(string script)
    {
        await using var roles = await PostgresRoles.CreateAsync(script);
        await using (var db = new Store((DbContextOptions<Store>)new DbContextOptionsBuilder<Store>().UseProvider(roles.Owner).Options))
            await db.Database.MigrateAsync();

        var log = new FakeLogCollector();
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = roles.Server, Log = new FakeLoggerProvider(log) });
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var tokens = await client.TokensAsync(browser, "openid offline_access notes:read");
        var renewed = await client.RefreshAsync(tokens["refresh_token"]!);
        Assert.Equal(HttpStatusCode.OK, renewed.Status);
        Assert.True((await new RelyingParty(host, TestDocument.Api).PostAsync("/connect/introspect", ("token", renewed["access_token"]))).Json.GetProperty("active").GetBoolean());
        Assert.Equal(HttpStatusCode.OK, (await new RelyingParty(host, "worker").TokenAsync(("grant_type", "client_credentials"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/connect/revoke", ("token", renewed["refresh_token"]))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync(new Uri("/health/ready", UriKind.Relative))).StatusCode);

        await host.Services.GetServices<IHostedService>().OfType<PruningJob>().Single().RunOnceAsync(CancellationToken.None);
        await host.Services.GetRequiredService<SessionSweep>().RunOnceAsync(CancellationToken.None);
        await host.MailsAsync("ada@example.test");
        await host.Services.GetRequiredService<EventWriter>().FlushAsync(CancellationToken.None);
        await host.ChainAsync();
        Assert.NotEmpty(await host.InStoreAsync(db => db.Set<AuditRecord>().ToListAsync()));
        Assert.Empty(log.GetSnapshot().Where(record => record.Level >= LogLevel.Warning).Select(record => $"{record.Message} {record.Exception?.Message}"));
    }

    [PostgresTheory, InlineData("deploy/postgresql/roles.sql")]
    public async Task What_is_no_row_is_refused_to_the_server_and_everything_to_strangers(string script)
    {
        await using var roles = await PostgresRoles.CreateAsync(script);
        await PostgresRoles.RunAsync(roles.Owner, "CREATE TABLE kept (id integer GENERATED ALWAYS AS IDENTITY)");
        await PostgresRoles.RunAsync(roles.Server, "INSERT INTO kept DEFAULT VALUES; UPDATE kept SET id = DEFAULT; DELETE FROM kept");
        foreach (var sql in new[]
        {
            "CREATE TABLE mine (id integer)", "CREATE TEMPORARY TABLE mine (id integer)", "CREATE SCHEMA mine", "CREATE ROLE mine",
            "ALTER TABLE kept ADD COLUMN more integer", "DROP TABLE kept", "TRUNCATE kept", "CREATE INDEX mine ON kept (id)",
            "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "CREATE TRIGGER mine BEFORE INSERT ON kept FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => PostgresRoles.RunAsync(roles.Server, sql));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        var stranger = await roles.StrangerAsync();
        var shut = await Assert.ThrowsAsync<PostgresException>(() => PostgresRoles.RunAsync(stranger, "SELECT 1"));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, shut.SqlState);
    }

    [Fact]
    public void The_script_for_SQL_Server_is_T_SQL()
    {
        // sqlcmd puts its variables in before the server reads the text.
        var text = Checkout.Read("deploy/sqlserver/roles.sql").Replace("$(", "p_", StringComparison.Ordinal).Replace(")'", "'", StringComparison.Ordinal);
        new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(text), out var errors);
        Assert.Empty(errors.Select(error => $"{error.Line}: {error.Message}"));
    }
}
