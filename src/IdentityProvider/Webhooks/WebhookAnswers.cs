namespace IdentityProvider.Webhooks;

/// <summary>A webhook as it is shown.</summary>
internal sealed record WebhookAnswer(Guid Id, string Url, string Description, IReadOnlyList<string> Events, bool Enabled, DateTimeOffset? DisabledAt, string? DisabledReason, DateTimeOffset? FormerSecretUntil, DateTimeOffset CreatedAt)
{
    /// <summary>Read only: a request may repeat them.</summary>
    public static readonly string[] Told = ["id", "disabled_at", "disabled_reason", "former_secret_until", "created_at"];

    public static WebhookAnswer Of(Webhook row) =>
        new(row.Id, row.Url, row.Description, row.Events, row.DisabledAt is null, row.DisabledAt, row.DisabledReason, row.FormerUntil, row.CreatedAt);
}

internal sealed record WebhookList(IReadOnlyList<WebhookAnswer> Webhooks);

/// <summary>The secret, shown once.</summary>
internal sealed record WebhookSecretAnswer(Guid Id, string Secret);

/// <summary>A message and what came of it. <c>state</c>: <c>waiting</c>, <c>delivered</c>, <c>given_up</c>; <c>outcome</c>: the status of the last answer, <c>timeout</c>, <c>unreachable</c> or <c>disabled</c>.</summary>
internal sealed record DeliveryAnswer(Guid Id, string WebhookId, string Event, long Sequence, string State, int Attempts, string? Outcome, DateTimeOffset CreatedAt, DateTimeOffset? TriedAt, DateTimeOffset? NextAt)
{
    public static DeliveryAnswer Of(WebhookDelivery row) => new(
        row.Id, $"msg_{row.RecordId:N}", row.Event, row.Sequence, StateOf(row), row.Attempts, row.Outcome, row.CreatedAt, row.TriedAt, row.DueAt);

    public static string StateOf(WebhookDelivery row) => row.DeliveredAt is not null ? "delivered" : row.GivenUpAt is not null ? "given_up" : "waiting";
}

internal sealed record DeliveryList(IReadOnlyList<DeliveryAnswer> Deliveries, Guid? Next);
