using IdentityProvider.Platform.Events;

namespace IdentityProvider.Webhooks;

/// <param name="WebhookId">Which.</param>
/// <param name="What">created, changed, removed, secret_changed or replayed.</param>
/// <param name="Before">As it was.</param>
/// <param name="After">As it is.</param>
internal sealed record WebhookAdministered(Guid WebhookId, string What, object? Before, object? After) : IEvent
{
    public string Name => $"webhooks.{What}";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("webhook", WebhookId)];
    public EventTarget? Target => new("webhook", WebhookId.ToString());
    object? IEvent.Before => Before;
    object? IEvent.After => After;
}

/// <summary>The receiver is gone, or took nothing for days: it is sent no more.</summary>
internal sealed record WebhookDisabled(Guid WebhookId, string Reason) : IEvent
{
    public string Name => "webhooks.disabled";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("webhook", WebhookId), new("reason", Reason)];
    public EventTarget? Target => new("webhook", WebhookId.ToString());
    public EventResult Result => EventResult.Failed;
}
