using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace IdentityProvider.Webhooks;

/// <summary>What the pages' form holds; held against the rules of the API.</summary>
internal sealed class WebhookForm
{
    public static readonly string[] Fields = ["url", "description", "events"];

    [FromForm(Name = "url")]
    public string? Url { get; set; }

    [FromForm(Name = "description")]
    public string? Description { get; set; }

    [FromForm(Name = "events")]
    public string? Events { get; set; }

    public static WebhookForm Of(Webhook row) => new() { Url = row.Url, Description = row.Description, Events = string.Join(' ', row.Events) };

    /// <returns>Null when a rule is broken, with the words beside the fields.</returns>
    public WebhookInput? Read(ModelStateDictionary state, bool enabled)
    {
        var input = new WebhookInput { Url = Clean(Url), Description = Clean(Description), Events = [.. (Events ?? "").Split([' ', ',', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)], Enabled = enabled };
        foreach (var (property, text) in Constraints.Check(input, name => name.ToLowerInvariant()).Concat(WebhookRules.Problems(input)))
        {
            var field = property.Split('[')[0];
            state.AddModelError(field, $"{field switch { "url" => "The address", "events" => "The list of events", _ => "The description" }} {text}");
        }

        return state.IsValid ? input : null;
    }

    private static string Clean(string? text) => string.Concat((text ?? "").Trim().Select(c => char.IsControl(c) ? ' ' : c));
}
