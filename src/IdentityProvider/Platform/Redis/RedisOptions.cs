using System.ComponentModel.DataAnnotations;
using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Platform.Redis;

/// <summary>A Redis 6 or later, or what speaks its protocol, that all nodes share. Without it everything is in the database.</summary>
public sealed class RedisOptions
{
    /// <summary>
    /// Where it is and how to get in, as StackExchange.Redis reads it: <c>redis.example.com:6380,ssl=true,user=...,password=...</c>. Needed
    /// for <see cref="Sessions"/> and <see cref="KeyRing"/>. Outside Development <c>ssl=true</c> and a password are wanted of a server on another machine.
    /// </summary>
    [Secret]
    public string? Configuration { get; set; }

    /// <summary>What the names of all keys begin with (1 to 64 letters, digits and hyphens; default <c>identityprovider</c>): two deployments may share one Redis.</summary>
    [Required, RegularExpression("[A-Za-z0-9-]{1,64}", ErrorMessage = "has to be 1 to 64 letters, digits or hyphens.")]
    public string KeyPrefix { get; set; } = "identityprovider";

    /// <summary>
    /// Each request looks its session up in Redis, not in the database (default: in the database). While Redis cannot be reached nobody is
    /// taken for signed in: 503. Changing it signs everybody out.
    /// </summary>
    public bool Sessions { get; set; }

    /// <summary>
    /// The Data Protection key ring, encrypted under the master key, is kept in Redis (default: in the database). Only with a Redis that
    /// writes to disk: forms that are open while the ring is lost have to be loaded again.
    /// </summary>
    public bool KeyRing { get; set; }
}
