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
    public object? Before { get; init; }
    public object? After { get; init; }
}

/// <summary>Somebody may make an account. The address is not kept: it is nobody's here yet.</summary>
internal sealed record InvitationWritten : IEvent
{
    public string Name => "registration.invited";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [];
}
