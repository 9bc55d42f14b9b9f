using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Webhooks;

/// <summary>A webhook as an administrator describes it.</summary>
internal sealed class WebhookInput
{
    /// <summary>Where to post to: https; http on loopback for development.</summary>
    [Required, MaxLength(WebhookRules.MaxUrl)]
    public string Url { get; set; } = "";

    /// <summary>For people; at most 200 characters.</summary>
    [MaxLength(200)]
    public string Description { get; set; } = "";

    /// <summary>Names of events, with <c>*</c> at the end for all that begin so; 1 to 50.</summary>
    [MinLength(1), MaxLength(50)]
    public List<string> Events { get; set; } = [];

    /// <summary>False: nothing is sent, and what happens meanwhile is sent only when it is asked for.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>What messages are signed with: <c>whsec_</c> and 24 to 64 random bytes in base64. Left out, a new webhook gets one, and another keeps its own; after a change the one before signs beside it for 24 hours.</summary>
    [Secret]
    public string? Secret { get; set; }

    /// <summary>Makes the row what is described here.</summary>
    /// <param name="row">Not yet what it is to be.</param>
    /// <param name="secrets">Seals the secret.</param>
    /// <param name="end">The end of the audit: what happened while it was off is sent only when it is asked for.</param>
    /// <param name="now">The time.</param>
    /// <returns>Whether it has another secret now.</returns>
    public bool Apply(Webhook row, WebhookSecrets secrets, long end, DateTimeOffset now)
    {
        if (row.DisabledAt is not null && Enabled)
            row.Cursor = end;
        (row.Url, row.Description, row.Events) = (Url, Description, [.. Events.Distinct()]);
        row.DisabledAt = Enabled ? null : row.DisabledAt ?? now;
        row.DisabledReason = Enabled ? null : row.DisabledReason ?? "administrator";
        return Secret is not null && secrets.Set(row, Secret, now);
    }
}

internal static partial class WebhookRules
{
    public const int MaxUrl = 500;

    public static IEnumerable<Problem> Problems(WebhookInput input)
    {
        if (input.Url.Length is > 0 and <= MaxUrl && WebUris.Problem(input.Url) is { } unfit)
            yield return new Problem("url", unfit);
        if (input.Secret is { } secret && !WebhookSecrets.IsSecret(secret))
            yield return new Problem("secret", "is no secret of a webhook. Give whsec_ and 24 to 64 random bytes in base64.");
        foreach (var (text, i) in input.Events.Select((text, i) => (text, i)))
            if (text.Length > 100 || !Pattern().IsMatch(text))
                yield return new Problem($"events[{i}]", $"\"{Constraints.Shown(text)}\" names no events. Write one as room.event, all of a room as room.*, or * for all.");
    }

    [GeneratedRegex(@"\A(\*|[a-z][a-z0-9_]*\.(\*|[a-z][a-z0-9_]*\*?))\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
