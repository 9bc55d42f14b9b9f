using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Audit.Admin;

/// <summary>/admin/audit/{sequence}: one record, all of it, and what changed.</summary>
[SignedInPage, Permission(Permission.ReadAudit)]
internal sealed class RecordPage(ConsoleUsers console, AuditNames names, Store db) : PageModel
{
    public AuditRow Row { get; private set; } = null!;
    public IReadOnlyList<FieldChange> Changes { get; private set; } = [];
    public IReadOnlyList<FieldChange> Details { get; private set; } = [];

    /// <summary>There was something before, or there is something now, but not both.</summary>
    public bool IsOneSided => Row.Record.Before is null || Row.Record.After is null;

    public bool HasEarlier { get; private set; }
    public bool HasLater { get; private set; }

    public async Task<IActionResult> OnGetAsync(long sequence, CancellationToken ct)
    {
        var near = await db.Set<AuditRecord>().AsNoTracking().Where(r => r.Sequence > 0 && r.Sequence >= sequence - 1 && r.Sequence <= sequence + 1).ToListAsync(ct);
        if (near.Find(r => r.Sequence == sequence) is not { } record)
            return NotFound();
        (HasEarlier, HasLater) = (near.Exists(r => r.Sequence < sequence), near.Exists(r => r.Sequence > sequence));
        Row = (await names.OfAsync([record], await console.OfAsync(HttpContext, ct), ct))[0];
        (Changes, Details) = (FieldChange.Between(record.Before, record.After), FieldChange.In(record.Details));
        return Page();
    }

    /// <summary>The list of everything that has this in common with the record.</summary>
    public static string Alike(string key, string value) => new AuditQuestion(new Dictionary<string, string> { [key] = value }, [], null).At(AuditQuestion.Path);
}
