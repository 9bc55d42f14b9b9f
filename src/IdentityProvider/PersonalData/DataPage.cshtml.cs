using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace IdentityProvider.PersonalData;

/// <summary>/account/data: a copy of everything, and the way to its end.</summary>
[SignedInPage]
internal sealed class DataPage(SessionStore sessions, DataExport export, EventLog events, IOptions<PersonalDataOptions> options) : PageModel
{
    public bool DeletionAllowed => options.Value.DeletionAllowed;
    public string? Grace => options.Value.DeletionGrace > TimeSpan.Zero ? Duration.InWords(options.Value.DeletionGrace) : null;

    /// <summary>All of it in one file would be a gift to whoever finds a browser unlocked: the person proves first who they are.</summary>
    [FreshSignIn]
    public async Task<IActionResult> OnPostExportAsync(CancellationToken ct)
    {
        var userId = (await sessions.FindAsync(HttpContext, ct))!.UserId;
        Response.ContentType = "application/json";
        Response.Headers.ContentDisposition = "attachment; filename=\"your-data.json\"";
        await export.WriteAsync(userId, Response.BodyWriter, ct);
        events.Raise(new DataExported(userId));
        return new EmptyResult();
    }
}
