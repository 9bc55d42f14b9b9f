using IdentityProvider.Platform.Events;

namespace IdentityProvider.Registration;

/// <summary>Somebody asked for an account.</summary>
internal sealed record RegistrationAsked(string Outcome) : IEvent
{
    public string Name => "registration.asked";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("reason", Outcome)];
}

internal sealed record AccountRegistered(Guid UserId, string By) : IEvent
{
    public string Name => "registration.registered";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("reason", By)];
}

internal sealed record EmailProven(Guid UserId) : IEvent
{
    public string Name => "registration.email_proven";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId)];
}
