using System.Globalization;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Webhooks;

/// <summary>/admin/webhooks/{id}: what it hears, what was sent, and trying it.</summary>
[SignedInPage, Permission(Permission.ReadWebhooks)]
internal sealed class WebhookPage(SessionStore sessions, UserRoles roles, Store db, WebhookChanges changes, WebhookTrial trial, TimeProvider clock) : PageModel
{
    private const int Rows = 25, MostMinutes = 60 * 24 * 365;

    public Webhook Webhook { get; private set; } = null!;
    public WebhookForm Form { get; private set; } = new();
    public IReadOnlyList<WebhookDelivery> Deliveries { get; private set; } = [];
    public bool MayManage { get; private set; }
    public string? Notice { get; private set; }
    public string? Minutes { get; private set; } = "60";

    /// <summary>Set in the answer that made it.</summary>
    public string? Secret { get; private set; }

    public string HostName => new Uri(Webhook.Url).Host;

    public async Task<IActionResult> OnGetAsync(Guid id, string? done, CancellationToken ct)
    {
        Notice = done switch { "saved" => "Saved.", "resent" => "It is sent again within seconds.", "replayed" => "What it should have heard since then is on its way again.", _ => null };
        return await ShowAsync(id, null, ct);
    }

    [Permission(Permission.ManageWebhooks)]
    public async Task<IActionResult> OnPostChangeAsync(Guid id, WebhookForm form, [FromForm(Name = "version")] Guid version, CancellationToken ct)
    {
        if (await db.Set<Webhook>().AsNoTracking().FirstOrDefaultAsync(w => w.Id == id, ct) is not { } row)
            return NotFound();
        if (form.Read(ModelState, row.DisabledAt is null) is { } input)
            return await AfterAsync(id, (await changes.ChangeAsync(id, input, Stale(version), ct)).Refused, form, ct);
        return await ShowAsync(id, form, ct);
    }

    [Permission(Permission.ManageWebhooks)]
    public async Task<IActionResult> OnPostSwitchAsync(Guid id, [FromForm(Name = "version")] Guid version, [FromForm(Name = "enabled")] bool enabled, CancellationToken ct)
    {
        if (await db.Set<Webhook>().AsNoTracking().FirstOrDefaultAsync(w => w.Id == id, ct) is not { } row)
            return NotFound();
        var input = new WebhookInput { Url = row.Url, Description = row.Description, Events = row.Events, Enabled = enabled };
        return await AfterAsync(id, (await changes.ChangeAsync(id, input, Stale(version), ct)).Refused, null, ct);
    }

    [Permission(Permission.ManageWebhooks)]
    public async Task<IActionResult> OnPostTestAsync(Guid id, CancellationToken ct)
    {
        if (await trial.SendAsync(id, ct) is not { } sent)
            return NotFound();
        Notice = sent.DeliveredAt is not null ? $"The receiver took it (it answered {sent.Outcome})." : sent.Outcome switch
        {
            "timeout" => "The receiver did not answer within 5 seconds.",
            "unreachable" => "The receiver was not reached. Check the address; one inside your network must be in IdentityProvider:Network:ReachableNetworks.",
            _ => $"The receiver did not take it: it answered {sent.Outcome}.",
        };
        return await ShowAsync(id, null, ct);
    }

    [Permission(Permission.ManageWebhooks)]
    public async Task<IActionResult> OnPostResendAsync(Guid id, [FromForm(Name = "delivery")] Guid delivery, CancellationToken ct)
    {
        await changes.ResendAsync(id, delivery, ct);
        return Here(id, "resent");
    }

    [Permission(Permission.ManageWebhooks)]
    public async Task<IActionResult> OnPostReplayAsync(Guid id, [FromForm(Name = "minutes")] string? minutes, CancellationToken ct)
    {
        if (int.TryParse(minutes?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= MostMinutes)
            return await changes.ReplayAsync(id, clock.GetUtcNow().AddMinutes(-count), ct) ? Here(id, "replayed") : NotFound();
        ModelState.AddModelError("minutes", $"Enter a whole number of minutes, 1 to {MostMinutes}");
        Minutes = minutes;
        return await ShowAsync(id, null, ct);
    }

    [Permission(Permission.ManageWebhooks)]
    public async Task<IActionResult> OnPostSecretAsync(Guid id, CancellationToken ct)
    {
        var (row, secret, refused) = await changes.ChangeSecretAsync(id, ct);
        if (refused is not null)
            return row is null ? NotFound() : await ShowAsync(id, null, ct);
        Secret = secret;
        return await ShowAsync(id, null, ct);
    }

    /// <summary>The host is typed, so that it is not the wrong one.</summary>
    [Permission(Permission.ManageWebhooks)]
    public async Task<IActionResult> OnPostRemoveAsync(Guid id, [FromForm(Name = "version")] Guid version, [FromForm(Name = "confirm")] string? confirm, CancellationToken ct)
    {
        if (await db.Set<Webhook>().AsNoTracking().FirstOrDefaultAsync(w => w.Id == id, ct) is not { } row)
            return NotFound();
        if (!string.Equals(confirm?.Trim(), new Uri(row.Url).Host, StringComparison.OrdinalIgnoreCase))
        {
            ModelState.AddModelError("confirm", $"Enter the host as it is: {new Uri(row.Url).Host}");
            return await ShowAsync(id, null, ct);
        }

        return await changes.RemoveAsync(id, Stale(version), ct) is { } refused ? await AfterAsync(id, refused, null, ct) : new SeeOtherPage("/admin/webhooks?done=removed");
    }

    private static Func<Webhook, ErrorResult?> Stale(Guid version) => row => row.Version == version ? null : Refusals.Changed;

    private static SeeOtherPage Here(Guid id, string done) => new($"/admin/webhooks/{id}?done={done}");

    private async Task<IActionResult> AfterAsync(Guid id, ErrorResult? refused, WebhookForm? form, CancellationToken ct)
    {
        if (refused is null)
            return Here(id, "saved");
        if (refused.Error.Status == StatusCodes.Status409Conflict)
        {
            ModelState.AddModelError("url", refused.Error.Description.TrimEnd('.'));
            return await ShowAsync(id, form, ct);
        }

        ModelState.AddModelError("", "Somebody else changed it meanwhile. This is how it is now; change it again");
        db.ChangeTracker.Clear();
        return await ShowAsync(id, form is null ? null : WebhookForm.Of(await db.Set<Webhook>().AsNoTracking().FirstAsync(w => w.Id == id, ct)), ct);
    }

    private async Task<IActionResult> ShowAsync(Guid id, WebhookForm? form, CancellationToken ct)
    {
        if (await db.Set<Webhook>().AsNoTracking().FirstOrDefaultAsync(w => w.Id == id, ct) is not { } row)
            return NotFound();
        (Webhook, Form) = (row, form ?? WebhookForm.Of(row));
        MayManage = await roles.PermitAsync((await sessions.FindAsync(HttpContext, ct))!.UserId, Permission.ManageWebhooks, ct);
        Deliveries = await db.Set<WebhookDelivery>().AsNoTracking().Where(d => d.WebhookId == id).OrderByDescending(d => d.Id).Take(Rows).ToListAsync(ct);
        return Page();
    }
}
