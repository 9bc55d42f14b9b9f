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
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), "It did not come to hold within a minute.");
            await Task.Delay(20);
        }
    }

    /// <summary>
    /// The answer to a body that is too large. The server answers and hangs up while the body is on its way (RFC 9110 section 10.1.1):
    /// whoever still writes sees a broken pipe, and tries again.
    /// </summary>
    public static async Task<T> AnsweredAsync<T>(Func<Task<T>> send)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await send();
            }
            catch (HttpRequestException cut) when (cut.InnerException is IOException && tries < 20)
            {
            }
        }
    }
}
