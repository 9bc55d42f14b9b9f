namespace IdentityProvider.Tests.House;

/// <summary>The Redis that TEST_REDIS names; each test has a prefix of its own.</summary>
internal static class TestRedis
{
    public static string? Address => Environment.GetEnvironmentVariable("TEST_REDIS") is { Length: > 0 } address ? address : null;

    /// <summary>Settings that put sessions and the key ring there.</summary>
    public static Dictionary<string, string> Settings(string? address = null) => new()
    {
        ["Redis:Configuration"] = address ?? Address ?? throw new InvalidOperationException("TEST_REDIS is not set."),
        ["Redis:KeyPrefix"] = $"test-{Guid.CreateVersion7():N}",
        ["Redis:Sessions"] = "true",
        ["Redis:KeyRing"] = "true",
    };
}
