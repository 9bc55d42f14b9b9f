using System.Globalization;
using System.Runtime.CompilerServices;
using IdentityProvider.Platform.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace IdentityProvider.Doctor.Looks;

/// <summary>Where something is kept in Redis: it answers, has the time, and keeps what it is given.</summary>
internal sealed class RedisLook(RedisServer redis, IOptions<RedisOptions> options, TimeProvider clock) : ILook
{
    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken ct)
    {
        if (options.Value is { Sessions: false, KeyRing: false })
        {
            yield return new("redis", Level.Ok, "Nothing is kept in Redis.");
            yield break;
        }

        var (latency, time, failure) = await AskAsync(ct);
        if (failure is not null)
        {
            yield return new("redis", Level.Problem, $"Redis does not answer: {failure}", options.Value.Sessions ? "Nobody is taken for signed in until it does. Look at IdentityProvider:Redis:Configuration and whether this machine may reach it." : "Look at IdentityProvider:Redis:Configuration and whether this machine may reach it.");
            yield break;
        }

        yield return new("redis", Level.Ok, string.Create(CultureInfo.InvariantCulture, $"Redis answers in {latency.TotalMilliseconds:0.0} ms and keeps {(options.Value.Sessions ? options.Value.KeyRing ? "sessions and the key ring" : "sessions" : "the key ring")}."));
        if (time is { } theirs)
            yield return Clocks.Compare("clock", "Redis", theirs, clock.GetUtcNow());
    }

    private async Task<(TimeSpan Latency, DateTimeOffset? Time, string? Failure)> AskAsync(CancellationToken ct)
    {
        try
        {
            var latency = await redis.Database.PingAsync().WaitAsync(ct);
            return (latency, await TimeAsync(ct), null);
        }
        catch (RedisException failure)
        {
            return (default, null, failure.Message);
        }
    }

    /// <summary>A user of Redis need not be allowed to ask for it.</summary>
    private async Task<DateTimeOffset?> TimeAsync(CancellationToken ct)
    {
        try
        {
            return await redis.Database.Multiplexer.GetServers()[0].TimeAsync().WaitAsync(ct);
        }
        catch (RedisServerException)
        {
            return null;
        }
    }
}
