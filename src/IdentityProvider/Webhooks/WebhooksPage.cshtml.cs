using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Webhooks;

/// <summary>/admin/webhooks: all of them.</summary>
[SignedInPage, Permission(Permission.ReadWebhooks)]
internal sealed class WebhooksPage(SessionStore sessions, UserRoles roles, Store db) : PageModel
{
    public IReadOnlyList<Webhook> Webhooks { get; private set; } = [];
    public bool MayManage { get; private set; }
    public bool IsRemoved { get; private set; }

    public async Task OnGetAsync(string? done, CancellationToken ct)
    {
        IsRemoved = done is "removed";
        MayManage = await roles.PermitAsync((await sessions.FindAsync(HttpContext, ct))!.UserId, Permission.ManageWebhooks, ct);
        Webhooks = await db.Set<Webhook>().AsNoTracking().OrderBy(w => w.Id).ToListAsync(ct);
    }
}
