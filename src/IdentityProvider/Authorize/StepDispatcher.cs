using IdentityProvider.Platform.Events;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Authorize;

/// <summary>
/// Asks the steps in the order of the builder's list; the first that is not content decides. Whoever acts for somebody answers none of their
/// questions, and gives no device access in their name: a page tells them so.
/// </summary>
internal sealed class StepDispatcher(IEnumerable<IAuthorizeStep> steps, EventLog events)
{
    private const string ForThePersonAlone = "/impersonation/only-them";

    public async ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct)
    {
        var isActedFor = context.Begun?.ActorId is not null;
        if (isActedFor && context.Kind == RequestKind.Device)
            return new Pending(ForThePersonAlone, "acting", Errors.AccessDenied, "Only the person can allow a device.");
        foreach (var step in steps)
        {
            if (await step.CheckAsync(context, ct) is { } pending)
            {
                events.Raise(new StepPending(context.Client.ClientId!, pending.Reason));
                return isActedFor ? pending with { Page = ForThePersonAlone } : pending;
            }
        }

        // Whatever the steps are, nobody acts for a person whose sign-in has only begun.
        return context.Session is null ? throw new InvalidOperationException("No step asked for what is missing of a sign-in.") : null;
    }
}

internal sealed record StepPending(string ClientId, string Reason) : IEvent
{
    public string Name => "authorize.step_pending";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("client", ClientId), new("reason", Reason)];

    /// <summary>A page is shown; what is done there is.</summary>
    public bool IsAudited => false;
}

internal sealed record CodeIssued(string ClientId, Guid UserId, Guid SessionId, Guid GrantId) : IEvent
{
    public string Name => "authorize.code_issued";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("client", ClientId), new("user", UserId), new("session", SessionId), new("grant", GrantId)];
}
