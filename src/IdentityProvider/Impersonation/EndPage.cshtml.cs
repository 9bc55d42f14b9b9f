using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Impersonation;

/// <summary>/impersonation/end: back to the administrator's own session. Nothing is changed by looking.</summary>
[OpenWhileActing]
internal sealed class EndPage(SessionStore sessions, UserRoles roles) : PageModel
{
    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => new SeeOtherPage(await sessions.FindAsync(HttpContext, ct) is { ActorId: not null } ? "/account" : "/admin");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        // Pressed twice: the first has done it.
        if (await sessions.FindAsync(HttpContext, ct) is not { ActorId: not null } acted)
            return new SeeOtherPage("/admin");
        await sessions.ReturnAsync(HttpContext, acted, ct);
        return new SeeOtherPage(await roles.PermitAsync(acted.ActorId.Value, Permission.ReadUsers, ct) ? $"/admin/users/{acted.UserId}" : "/admin");
    }
}
