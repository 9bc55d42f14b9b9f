using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Platform.Storage;

/// <summary>The databases the product runs on.</summary>
public enum DatabaseProvider
{
    /// <summary>One file, one process. The default.</summary>
    Sqlite,

    /// <summary>PostgreSQL 14 or later.</summary>
    PostgreSql,

    /// <summary>SQL Server 2019 or later, Azure SQL.</summary>
    SqlServer,
}

/// <summary>Where everything is stored.</summary>
public sealed class DatabaseOptions
{
    /// <summary>Which database: <c>Sqlite</c>, <c>PostgreSql</c> or <c>SqlServer</c>.</summary>
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>ADO.NET connection string of the provider. A relative SQLite path starts at the working directory.</summary>
    [Required]
    public string ConnectionString { get; set; } = "Data Source=data/identityprovider.db";

    /// <summary>Seconds one command may take before it is given up (1 to 120).</summary>
    [Range(1, 120)]
    public int CommandTimeoutSeconds { get; set; } = 10;
}
