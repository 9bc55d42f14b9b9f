using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Platform.Storage;

/// <summary>How each provider is set up; the same for the server, the design-time tools and the tests.</summary>
public static class DatabaseProviders
{
    /// <summary>Configures <paramref name="builder"/> for the provider and the migrations assembly that belongs to it.</summary>
    public static DbContextOptionsBuilder UseProvider(this DbContextOptionsBuilder builder, DatabaseOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var assembly = $"IdentityProvider.Migrations.{options.Provider}";
        return options.Provider switch
        {
            DatabaseProvider.Sqlite => builder
                .UseSqlite(PrepareFile(options.ConnectionString), o => o.MigrationsAssembly(assembly).CommandTimeout(options.CommandTimeoutSeconds))
                .AddInterceptors(SqlitePragmas.Instance),
            DatabaseProvider.PostgreSql => builder
                .UseNpgsql(options.ConnectionString, o => o.MigrationsAssembly(assembly).CommandTimeout(options.CommandTimeoutSeconds)),
            DatabaseProvider.SqlServer => builder
                .UseSqlServer(options.ConnectionString, o => o.MigrationsAssembly(assembly).CommandTimeout(options.CommandTimeoutSeconds)),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Provider, "Unknown database provider."),
        };
    }

    private static string PrepareFile(string connectionString)
    {
        var file = new SqliteConnectionStringBuilder(connectionString).DataSource;
        if (file is not ("" or ":memory:") && Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder)
            Directory.CreateDirectory(folder);
        return connectionString;
    }
}
