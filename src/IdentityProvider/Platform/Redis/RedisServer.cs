using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace IdentityProvider.Platform.Redis;

/// <summary>
/// The one connection of this node. It comes back by itself; while it is away every command fails at once, so that a request is refused
/// in milliseconds and does not wait in a queue.
/// </summary>
internal sealed class RedisServer(IOptions<RedisOptions> options) : IDisposable
{
    private const int Milliseconds = 2000;

    private readonly Lazy<ConnectionMultiplexer> connection = new(() =>
    {
        var configuration = ConfigurationOptions.Parse(options.Value.Configuration!);
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        (configuration.ConnectTimeout, configuration.AsyncTimeout, configuration.SyncTimeout) = (Milliseconds, Milliseconds, Milliseconds);
        return ConnectionMultiplexer.Connect(configuration);
    });

    public IDatabase Database => connection.Value.GetDatabase();

    /// <summary>The braces keep all keys in one slot of a cluster: a script touches several.</summary>
    public string Key(string name) => $"{{{options.Value.KeyPrefix}}}:{name}";

    public void Dispose()
    {
        if (connection.IsValueCreated)
            connection.Value.Dispose();
    }
}
