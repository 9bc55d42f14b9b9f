using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace IdentityProvider.Platform.Redis;

/// <summary>What is to be kept in Redis needs one.</summary>
internal sealed class RedisRules : IValidateOptions<RedisOptions>
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
            return ConfigurationOptions.Parse(options.Configuration).EndPoints.Count > 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("Configuration names no server. Write host:port.");
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The text may hold a password: neither it nor the parser's message is shown.
            return ValidateOptionsResult.Fail("Configuration cannot be read. Write host:port,ssl=true,user=...,password=...");
        }
    }
}
