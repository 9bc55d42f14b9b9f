using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Audit.Admin;

/// <summary>/admin/audit/export: what the list finds, all of it, as a file. The same as over the admin API.</summary>
[SignedInPage, Permission(Permission.ReadAudit)]
internal sealed class ExportPage(ConsoleUsers console, AuditQuestions questions, EventLog events, Store db) : PageModel
{
    public async Task<IActionResult> OnGetAsync(string? format, CancellationToken ct)
    {
        var question = await questions.ReadAsync(Request, await console.OfAsync(HttpContext, ct), ct);
        if (question.Filter is not { } filter || !AuditExport.IsFormat(format))
            return new ErrorActionResult(new ErrorInfo(StatusCodes.Status400BadRequest, "invalid_request", $"format is jsonl or csv. {AuditFilter.Limits}"));
        await AuditExport.SendAsync(HttpContext, db, events, filter, format!, ct);
        return new EmptyResult();
    }
}
