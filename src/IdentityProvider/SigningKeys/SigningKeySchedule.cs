namespace IdentityProvider.SigningKeys;

/// <summary>When keys come and go, as arithmetic: no clock, no database.</summary>
internal static class SigningKeySchedule
{
    /// <summary>Every node reads the keys this often, so this is how long one may not know a key another node made.</summary>
    public static readonly TimeSpan Poll = TimeSpan.FromMinutes(1);

    /// <summary>When the next key of one algorithm starts to sign, if it is time to make and publish it; else null.</summary>
    public static DateTimeOffset? DueActivation(IEnumerable<SigningKey> keys, DateTimeOffset now, SigningKeysOptions options)
    {
        // Nobody signs: the first start, or the server slept past the end of its keys, longer than any client keeps them.
        if (keys.MaxBy(k => k.ActivatesAt) is not { } newest || newest.RetiresAt <= now)
            return now;

        // Two polls early, so that every node publishes it for the whole promised time.
        return newest.RetiresAt - options.PublishBefore - 2 * Poll <= now ? newest.RetiresAt : null;
    }

    /// <summary>When a key made now may sign: no client still uses a key set without it, whichever node it asked.</summary>
    public static DateTimeOffset SoonestActivation(DateTimeOffset now, SigningKeysOptions options) => now + options.JwksMaxAge + 2 * Poll;

    /// <summary>Both ends must have passed, so that raising KeepAfter holds for keys that exist already.</summary>
    public static bool HasExpired(SigningKey key, DateTimeOffset now, SigningKeysOptions options) => key.ExpiresAt <= now && key.RetiresAt + options.KeepAfter <= now;

    public static void Plan(SigningKey key, DateTimeOffset activatesAt, SigningKeysOptions options)
    {
        key.ActivatesAt = activatesAt;
        Retire(key, activatesAt + options.RotationInterval, options);
    }

    public static void Retire(SigningKey key, DateTimeOffset at, SigningKeysOptions options)
    {
        key.RetiresAt = at;
        key.ExpiresAt = at + options.KeepAfter;
    }
}
