using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Audit.Admin;

/// <summary>/admin/audit: what happened, the newest first, by everything it can be asked for; and what is happening.</summary>
[SignedInPage, Permission(Permission.ReadAudit)]
internal sealed class AuditPage(ConsoleUsers console, AuditQuestions questions, AuditNames names, VerificationTurn turn, Store db) : PageModel
{
    private const int Rows = 50;
    public static readonly (string? Result, string Words)[] Results = [(null, "All"), ("done", "Done"), ("refused", "Refused"), ("failed", "Failed")];

    /// <summary>The fields that are out of sight until one is used.</summary>
    private static readonly string[] More = ["client_id", "session", "ip", "error_id"];

    private static readonly Dictionary<string, string> Mistakes = new()
    {
        ["name"] = "An event has at most 100 characters",
        ["actor"] = "Who did it has at most 100 characters",
        ["target"] = "What it was done to has at most 200 characters",
        ["client_id"] = "An app has at most 100 characters",
        ["session"] = "A session has at most 100 characters",
        ["ip"] = "An IP address has at most 64 characters",
        ["error_id"] = "An error id has at most 64 characters",
        ["from"] = "Enter a time such as 2026-01-31T14:30",
        ["to"] = "Enter a time such as 2026-01-31T14:30",
    };

    public AuditQuestion Question { get; private set; } = null!;
    public IReadOnlyList<AuditRow> Found { get; private set; } = [];
    public long? Next { get; private set; }

    /// <summary>New records are shown as they are written, by script.</summary>
    public bool IsLive { get; private set; }

    /// <summary>The newest record there was, whether or not it is shown: what is live comes behind it.</summary>
    public long Newest { get; private set; }

    /// <summary>Up to where the chain is signed.</summary>
    public AuditCheckpoint? Checkpoint { get; private set; }

    public LastProof? Proof => turn.Last;

    public bool HasMore => More.Any(key => Question[key] is not null);

    public async Task OnGetAsync(long? after, string? live, CancellationToken ct)
    {
        var me = await console.OfAsync(HttpContext, ct);
        Question = await questions.ReadAsync(Request, me, ct);
        Checkpoint = await db.Set<AuditCheckpoint>().AsNoTracking().OrderByDescending(c => c.Sequence).FirstOrDefaultAsync(ct);
        if (Question.Filter is not { } filter)
        {
            foreach (var key in Question.Wrong.Where(Mistakes.ContainsKey))
                ModelState.AddModelError(key, Mistakes[key]);
            ViewData["HasErrors"] = !ModelState.IsValid;
            return;
        }

        // Before the list: what comes between the two is shown twice at worst, and the page drops it.
        Newest = await db.Set<AuditRecord>().MaxAsync(r => (long?)r.Sequence, ct) is { } last and > 0 ? last : 0;
        IsLive = live is "on" && after is null;
        var rows = await filter.In(db).Where(r => after == null || r.Sequence < after).OrderByDescending(r => r.Sequence).Take(Rows + 1).ToListAsync(ct);
        Next = rows.Count > Rows ? rows[Rows - 1].Sequence : null;
        Found = await names.OfAsync([.. rows.Take(Rows)], me, ct);
    }
}
