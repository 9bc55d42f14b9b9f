using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Admin;

/// <summary>/admin: on to the first place of the console that the person may see.</summary>
[SignedInPage]
internal sealed class HomePage(SessionStore sessions, PermittedPlaces places) : PageModel
{
    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var permitted = await places.OfAsync((await sessions.FindAsync(HttpContext, ct))!.UserId, NavigationItem.Admin, ct);
        return permitted.FirstOrDefault(place => place.Permission is not null) is { } first
            ? new SeeOtherPage(first.Path)
            : new ErrorActionResult(new ErrorInfo(StatusCodes.Status403Forbidden, "access_denied", "You hold no permission of the console.")
            {
                Heading = "This page is not for you",
                Advice = "Ask an administrator if you need it, or sign in as somebody else.",
            });
    }
}
