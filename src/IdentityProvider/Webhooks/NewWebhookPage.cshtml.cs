using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Webhooks;

/// <summary>/admin/webhooks/new: the form, and the one answer that shows the secret.</summary>
[SignedInPage, Permission(Permission.ManageWebhooks)]
internal sealed class NewWebhookPage(WebhookChanges changes) : PageModel
{
    public WebhookForm Form { get; private set; } = new();

    public Guid Id { get; private set; }

    /// <summary>Set in the answer that made it.</summary>
    public string? Secret { get; private set; }

    public void OnGet() => Form.Events = "*";

    public async Task OnPostAsync(WebhookForm form, CancellationToken ct)
    {
        Form = form;
        if (form.Read(ModelState, enabled: true) is not { } input)
            return;
        var (row, secret, refused) = await changes.AddAsync(input, ct);
        if (refused is not null)
            ModelState.AddModelError("", refused.Error.Description.TrimEnd('.'));
        else
            (Id, Secret) = (row!.Id, secret);
    }
}
