using System.Diagnostics;
using Xunit;

namespace IdentityProvider.Tests.Testing;

/// <summary>For what a background worker of a server on the real clock does soon.</summary>
internal static class Eventually
{
    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "It did not come to hold within thirty seconds.");
            await Task.Yield();
        }
    }
}
