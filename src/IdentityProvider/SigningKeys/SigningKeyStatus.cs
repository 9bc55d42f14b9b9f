namespace IdentityProvider.SigningKeys;

/// <summary>What a published key does now.</summary>
internal enum SigningKeyState
{
    /// <summary>Published, so that clients know it before it signs.</summary>
    Next,

    /// <summary>Signs.</summary>
    Active,

    /// <summary>Published until the last token it signed is dead.</summary>
    Retired,
}

/// <summary>A key as it may be shown: no private part.</summary>
internal sealed record SigningKeyStatus(
    string KeyId, string Algorithm, SigningKeyState State, DateTimeOffset CreatedAt, DateTimeOffset ActivatesAt, DateTimeOffset RetiresAt, DateTimeOffset ExpiresAt)
{
    public static IEnumerable<SigningKeyStatus> Of(IEnumerable<SigningKey> keys, DateTimeOffset now) =>
        from key in keys
        group key by key.Algorithm into same
        let active = ActiveOf(same, now)
        from key in same
        orderby SigningAlgorithms.All.Index().FirstOrDefault(a => a.Item == key.Algorithm).Index, key.ActivatesAt
        let state = key == active ? SigningKeyState.Active : key.ActivatesAt > now ? SigningKeyState.Next : SigningKeyState.Retired
        select new SigningKeyStatus(key.KeyId, key.Algorithm, state, key.CreatedAt, key.ActivatesAt, key.RetiresAt, key.ExpiresAt);

    /// <summary>The newest that may sign. Its end is not asked: when the database is down, an old key is better than none.</summary>
    public static SigningKey? ActiveOf(IEnumerable<SigningKey> keys, DateTimeOffset now) =>
        keys.Where(k => k.ActivatesAt <= now).MaxBy(k => k.ActivatesAt);
}
