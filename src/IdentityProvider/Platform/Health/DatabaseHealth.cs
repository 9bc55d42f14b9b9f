using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IdentityProvider.Platform.Health;

/// <summary>
/// The database answers, and has every table this program knows. Asked with one statement of our own: the framework's question takes several, and takes
/// a server that hangs up for a database that is not there yet.
/// </summary>
internal sealed class DatabaseHealth(Store db) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var applied = await db.Database.SqlQuery<string>($"SELECT \"MigrationId\" AS \"Value\" FROM \"__EFMigrationsHistory\"").ToListAsync(cancellationToken);
        return db.Database.GetMigrations().Except(applied).Any() ? HealthCheckResult.Unhealthy("schema_behind") : HealthCheckResult.Healthy();
    }
}
