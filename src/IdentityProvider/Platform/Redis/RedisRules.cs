using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace IdentityProvider.Platform.Redis;

/// <summary>What is to be kept in Redis needs one, and a way to it that nobody else can read or use.</summary>
internal sealed class RedisRules(IHostEnvironment environment) : IValidateOptions<RedisOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Configuration))
        {
            return options.Sessions || options.KeyRing
                ? ValidateOptionsResult.Fail("Configuration is missing, and Sessions or KeyRing want a Redis. Write host:port, or set both to false.")
                : ValidateOptionsResult.Success;
        }

        try
        {
            var problems = Problems(ConfigurationOptions.Parse(options.Configuration)).ToList();
            return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The text may hold a password: neither it nor the parser's message is shown.
            return ValidateOptionsResult.Fail("Configuration cannot be read. Write host:port,ssl=true,user=...,password=...");
        }
    }

    /// <summary>Whoever writes there signs in as anybody, and whoever listens reads who is signed in.</summary>
    private IEnumerable<string> Problems(ConfigurationOptions redis)
    {
        if (redis.EndPoints.Count == 0)
            yield return "Configuration names no server. Write host:port.";
        if (environment.IsDevelopment() || redis.EndPoints.All(IsHere))
            yield break;
        if (!redis.Ssl)
            yield return "Configuration has no ssl=true, and the server is on another machine. Add it, or reach Redis over a tunnel that ends on this machine.";
        if (string.IsNullOrEmpty(redis.Password))
            yield return "Configuration has no password, and the server is on another machine. Add user=...,password=...";
    }

    private static bool IsHere(EndPoint server) => server switch
    {
        DnsEndPoint { Host: var host } => host == "localhost",
        IPEndPoint { Address: var address } => IPAddress.IsLoopback(address),
        _ => server.AddressFamily == System.Net.Sockets.AddressFamily.Unix,
    };
}
