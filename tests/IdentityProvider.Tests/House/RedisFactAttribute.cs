using Xunit;

namespace IdentityProvider.Tests.House;

/// <summary>Needs a Redis; tests/run starts one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RedisFactAttribute : FactAttribute
{
    public RedisFactAttribute() => Skip = TestRedis.Address is null ? "TEST_REDIS is not set." : null!;
}
