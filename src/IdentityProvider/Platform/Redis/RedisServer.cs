using System.Diagnostics;
using IdentityProvider.Platform.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace IdentityProvider.Platform.Redis;

/// <summary>
/// The one connection of this node. It comes back by itself; while it is away every command fails at once, so that a request is refused
/// in milliseconds and does not wait in a queue.
/// </summary>
internal sealed class RedisServer(IOptions<RedisOptions> options, OperationTimes times, ILogger<RedisServer> log) : IDisposable
{
    private const int Milliseconds = 5000;

    private readonly Lazy<ConnectionMultiplexer> connection = new(() =>
    {
        var configuration = ConfigurationOptions.Parse(options.Value.Configuration!);
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;

        // At each heartbeat, once a second: by default it waits longer each time.
        configuration.ReconnectRetryPolicy = new LinearRetry(500);
        (configuration.ConnectTimeout, configuration.AsyncTimeout, configuration.SyncTimeout) = (Milliseconds, Milliseconds, Milliseconds);
        var multiplexer = ConnectionMultiplexer.Connect(configuration);
        multiplexer.ConnectionFailed += (_, failed) => log.LogError("Redis is away ({Reason}). Until it is back, whoever brings a session is answered 503.", failed.FailureType);
        multiplexer.ConnectionRestored += (_, _) => log.LogInformation("Redis is back.");
        return multiplexer;
    });

    /// <summary>Asks once whether it answers, and says so if not. Nothing else hangs on it: it may come back at any time.</summary>
    public async Task PingAsync()
    {
        try
        {
            await Database.PingAsync();
        }
        catch (RedisException failure)
        {
            log.LogError("Redis does not answer ({Reason}). The server starts all the same; until Redis answers, whoever brings a session is answered 503.", failure.Message);
        }
    }

    /// <summary>Asks and takes the time. The command's name is an attribute of the metric.</summary>
    public async Task<T> AskAsync<T>(string command, Func<IDatabase, Task<T>> ask)
    {
        if (!times.AreWanted)
            return await ask(Database);
        var (started, startedAt) = (Stopwatch.GetTimestamp(), TimeProvider.System.GetUtcNow());
        try
        {
            var answer = await ask(Database);
            times.Record("redis", command, startedAt, Stopwatch.GetElapsedTime(started), null);
            return answer;
        }
        catch (RedisException failure)
        {
            times.Record("redis", command, startedAt, Stopwatch.GetElapsedTime(started), failure);
            throw;
        }
    }

    public IDatabase Database => connection.Value.GetDatabase();

    /// <summary>Deletes every key of this deployment. Only for a restored database: nothing else searches keys.</summary>
    public async Task ClearAsync(CancellationToken ct)
    {
        foreach (var server in connection.Value.GetServers().Where(server => !server.IsReplica))
            await foreach (var key in server.KeysAsync(Database.Database, Key("*")).WithCancellation(ct))
                await Database.KeyDeleteAsync(key);
    }

    /// <summary>The braces keep all keys in one slot of a cluster: a script touches several.</summary>
    public string Key(string name) => $"{{{options.Value.KeyPrefix}}}:{name}";

    public void Dispose()
    {
        if (connection.IsValueCreated)
            connection.Value.Dispose();
    }
}
