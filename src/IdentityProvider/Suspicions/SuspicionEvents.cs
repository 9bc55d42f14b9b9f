using IdentityProvider.Platform.Events;

namespace IdentityProvider.Suspicions;

/// <summary>The names of all that is told here.</summary>
internal static class SuspicionKind
{
    public const string Spraying = "suspicious.password_spraying", Lockouts = "suspicious.many_lockouts", Reuse = "suspicious.refresh_token_reused", Travel = "suspicious.impossible_travel";

    /// <summary>With what they are called on a page. New devices come last: there are many, and most are nothing.</summary>
    public static readonly IReadOnlyList<(string Name, string Title)> All =
    [
        (Spraying, "Password spraying"), (Lockouts, "Many lockouts"), (Reuse, "Refresh token reused"), (Travel, "Impossible travel"), (NewDevice.EventName, "New device"),
    ];
}

/// <summary>Many names were tried, each with few passwords.</summary>
/// <param name="Reason">one_network or many_networks.</param>
/// <param name="Network">Where from, of one network.</param>
/// <param name="Networks">How many, of many.</param>
/// <param name="Names">How many names failed.</param>
/// <param name="Tries">How often.</param>
/// <param name="SignedIn">How many people got in from the one network meanwhile: among them may be those whose password was guessed.</param>
/// <param name="Minutes">In how many minutes.</param>
internal sealed record PasswordSpraying(string Reason, string? Network, int? Networks, int Names, int Tries, int? SignedIn, int Minutes) : IEvent
{
    public string Name => SuspicionKind.Spraying;
    public IEnumerable<KeyValuePair<string, object?>> Facts =>
        [new("reason", Reason), new("ip", Network), new("networks", Networks), new("names", Names), new("tries", Tries), new("signed_in", SignedIn), new("minutes", Minutes)];
}

/// <summary>Wrong passwords locked many names.</summary>
internal sealed record ManyLockouts(int Names, int Minutes) : IEvent
{
    public string Name => SuspicionKind.Lockouts;
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("names", Names), new("minutes", Minutes)];
}

/// <summary>Two hold a refresh token that one should.</summary>
internal sealed record RefreshTokenReused(Guid UserId, Guid GrantId, Guid? SessionId, string? ClientId) : IEvent
{
    public string Name => SuspicionKind.Reuse;
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("grant", GrantId), new("session", SessionId), new("client", ClientId)];
}

/// <summary>One person signed in at two places that nobody gets between in that time. The places are looked up when they are shown, from the addresses of both sign-ins.</summary>
/// <param name="UserId">Who.</param>
/// <param name="SessionId">The later sign-in.</param>
/// <param name="Other">The earlier one.</param>
/// <param name="Kilometers">At least so far apart, in hundreds.</param>
/// <param name="Minutes">Between them.</param>
internal sealed record ImpossibleTravel(Guid UserId, Guid SessionId, string? Other, int Kilometers, int Minutes) : IEvent
{
    public string Name => SuspicionKind.Travel;
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("session", SessionId), new("other_session", Other), new("kilometers", Kilometers), new("minutes", Minutes)];
}

/// <summary>A right password came from a browser that the person did not sign in with before.</summary>
internal sealed record NewDevice(Guid UserId, Guid SessionId, string Browser) : IEvent
{
    public const string EventName = "suspicious.new_device";

    public string Name => EventName;
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("session", SessionId), new("browser", Browser)];
}
