using System.Data.Common;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace IdentityProvider.Platform.Settings;

/// <summary>What makes the ground safe: where people are sent, what encrypts, where it is stored.</summary>
internal static class ServerRules
{
    public static IEnumerable<string> Identity(IdentityProviderOptions options, IHostEnvironment environment)
    {
        foreach (var problem in Issuer(options.Issuer, environment))
            yield return problem;
        if (MasterKeyLoader.Problem(options, environment) is { } missing)
            yield return missing;
    }

    private static IEnumerable<string> Issuer(string issuer, IHostEnvironment environment)
    {
        const string Setting = $"{IdentityProviderOptions.Section}:{nameof(IdentityProviderOptions.Issuer)}";
        if (issuer.Length == 0)
            return []; // Said by [Required].
        if (!Uri.TryCreate(issuer, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
            return [$"{Setting}: is not an absolute URL. Write it in full, like https://id.example.com."];
        var problems = new List<string>();
        if (issuer.Contains('?', StringComparison.Ordinal) || issuer.Contains('#', StringComparison.Ordinal))
            problems.Add($"{Setting}: has a query or a fragment. Remove it (OpenID Connect Discovery 1.0 section 3).");
        if (uri.UserInfo.Length > 0)
            problems.Add($"{Setting}: has a user name before the host. Remove it.");
        if (uri.Host is "0.0.0.0" or "[::]" or "+" or "*")
            problems.Add($"{Setting}: {uri.Host} is where a server listens, not where it is found. Write the public host name.");
        if (uri.Scheme == "http" && !(environment.IsDevelopment() && uri.Host is ("localhost" or "127.0.0.1" or "[::1]")))
            problems.Add($"{Setting}: is http{(environment.IsDevelopment() ? "" : $" in {environment.EnvironmentName}")}. Use https; http is for localhost in Development.");
        return problems;
    }

    public static IEnumerable<string> Database(DatabaseOptions options, IHostEnvironment environment)
    {
        const string Setting = $"{IdentityProviderOptions.Section}:Database:{nameof(DatabaseOptions.ConnectionString)}";
        if (options.ConnectionString.Length == 0)
            return [];
        try
        {
            // The text may hold a password: it is never shown, nor is the parser's message.
            DbConnectionStringBuilder builder = options.Provider switch
            {
                DatabaseProvider.PostgreSql => new NpgsqlConnectionStringBuilder(options.ConnectionString),
                DatabaseProvider.SqlServer => new SqlConnectionStringBuilder(options.ConnectionString),
                _ => new SqliteConnectionStringBuilder(options.ConnectionString),
            };
            return builder switch
            {
                NpgsqlConnectionStringBuilder { Host: null or "" } => [$"{Setting}: names no server. Write Host=...;Database=...;Username=...;Password=..."],
                SqlConnectionStringBuilder { DataSource: "" } => [$"{Setting}: names no server. Write Server=...;Database=...;User Id=...;Password=..."],
                SqliteConnectionStringBuilder { DataSource: "" } => [$"{Setting}: names no file. Write Data Source=data/identityprovider.db."],
                SqliteConnectionStringBuilder sqlite when InMemory(sqlite) && !environment.IsDevelopment() =>
                    [$"{Setting}: is a database in memory, which forgets everything at each restart. Name a file: Data Source=data/identityprovider.db."],
                _ => [],
            };
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or NotSupportedException)
        {
            return [$"{Setting}: is no connection string of {options.Provider}. Correct it, or set {IdentityProviderOptions.Section}:Database:Provider to the database it is for."];
        }
    }

    private static bool InMemory(SqliteConnectionStringBuilder sqlite) =>
        sqlite.Mode == SqliteOpenMode.Memory || sqlite.DataSource.Contains(":memory:", StringComparison.OrdinalIgnoreCase) || sqlite.DataSource.Contains("mode=memory", StringComparison.OrdinalIgnoreCase);
}
