using Xunit;

namespace IdentityProvider.Tests.House;

/// <summary>Needs a PostgreSQL; tests/run starts one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresTheoryAttribute : TheoryAttribute
{
    public PostgresTheoryAttribute() => Skip = FreshDatabase.HasPostgres ? null! : "TEST_POSTGRES is not set.";
}
