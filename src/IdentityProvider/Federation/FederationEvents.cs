using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Sessions;

namespace IdentityProvider.Federation;

internal sealed record FederatedSignIn(Guid UserId, Guid SessionId, string Provider) : IEvent
{
    public string Name => "federation.signed_in";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("session", SessionId), new("provider", Provider)];
}

/// <summary>Nobody came in; the id is on the person's page.</summary>
internal sealed record FederationRefused(string Provider, string Reason, string ErrorId, Guid? UserId = null) : IEvent
{
    public string Name => "federation.refused";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("provider", Provider), new("reason", Reason), new("error_id", ErrorId), new("user", UserId)];
    public EventResult Result => EventResult.Refused;

    /// <summary>Somebody who is signed in and connects an account does not sign in.</summary>
    public Tally? Tally => UserId is null ? SignInTally.Refused(SignInTally.SignIns, "fed", Reason) : null;
}

internal sealed record AccountCreated(Guid UserId, string Provider) : IEvent
{
    public string Name => "federation.account_created";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("provider", Provider)];
}

/// <summary>An account that a stranger made with somebody's address made room for its owner.</summary>
internal sealed record UnprovenAccountRemoved(Guid UserId, string Provider) : IEvent
{
    public string Name => "federation.unproven_account_removed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("provider", Provider)];
}

/// <summary>The provider's word changed which roles somebody holds.</summary>
internal sealed record RolesFollowed(Guid UserId, string Provider, int Given, int Taken) : IEvent
{
    public string Name => "federation.roles_changed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("provider", Provider), new("given", Given), new("taken", Taken)];
}

/// <summary>The provider said that somebody signed out there.</summary>
internal sealed record SignedOutElsewhere(string Provider, int Sessions) : IEvent
{
    public string Name => "federation.signed_out_elsewhere";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("provider", Provider), new("sessions", Sessions)];
}

/// <summary>A word of that kind that is not the provider's, or was said before.</summary>
internal sealed record LogoutTokenRefused(string Provider, string Reason) : IEvent
{
    public string Name => "federation.logout_token_refused";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("provider", Provider), new("reason", Reason)];
    public EventResult Result => EventResult.Refused;
}

internal sealed record ExternalLoginUnlinked(Guid UserId, string Provider) : IEvent
{
    public string Name => "federation.unlinked";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("provider", Provider)];
}

internal sealed record ExternalLoginLinked(Guid UserId, string Provider) : IEvent
{
    public string Name => "federation.linked";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("provider", Provider)];
}
