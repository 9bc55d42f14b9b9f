using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Sessions;

namespace IdentityProvider.Mfa;

internal sealed record SecondFactorRefused(Guid UserId, string Kind, string Reason) : IEvent
{
    public string Name => "mfa.refused";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("kind", Kind), new("reason", Reason)];
    public EventResult Result => EventResult.Refused;
    public Tally? Tally => SignInTally.Refused(SignInTally.SecondFactors, Kind == EmailCodeFactor.Name ? "mca" : "otp", Reason);
}
