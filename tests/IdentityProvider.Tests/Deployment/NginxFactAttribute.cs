using IdentityProvider.Tests.House;
using Xunit;

namespace IdentityProvider.Tests.Deployment;

/// <summary>Needs nginx, a PostgreSQL and a Redis; tests/run brings them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NginxFactAttribute : FactAttribute
{
    public NginxFactAttribute() => Skip = Missing!;

    /// <summary>Why tests are skipped; null in CI, where they fail instead.</summary>
    public static string? Missing =>
        Environment.GetEnvironmentVariable("CI") == "true" ? null
        : !File.Exists(Nginx.Executable) ? $"There is no nginx at {Nginx.Executable}."
        : !FreshDatabase.HasPostgres ? "TEST_POSTGRES is not set."
        : TestRedis.Address is null ? "TEST_REDIS is not set."
        : null;
}
