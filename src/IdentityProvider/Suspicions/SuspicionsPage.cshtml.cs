using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Suspicions;

/// <summary>/admin/suspicious: what looked like an attack, the newest first. All of it stands in the audit.</summary>
[SignedInPage, Permission(Permission.ReadAudit)]
internal sealed class SuspicionsPage(Store db, UserRoles roles, Places places) : PageModel
{
    private const int Rows = 50;

    [BindProperty(SupportsGet = true, Name = "kind")]
    public string? Kind { get; set; }

    public IReadOnlyList<SuspicionRow> Found { get; private set; } = [];

    /// <summary>Where the next page goes on; null at the end.</summary>
    public long? Next { get; private set; }

    /// <summary>May the administrator go on to the sessions of a person?</summary>
    public bool MaySeeSessions { get; private set; }

    public async Task OnGetAsync(long? after, CancellationToken ct)
    {
        Kind = SuspicionKind.All.Any(kind => kind.Name == Kind) ? Kind : null;
        MaySeeSessions = Guid.TryParse(Caller.Of(HttpContext).Id, out var self) && await roles.PermitAsync(self, Permission.ReadSessions, ct);
        var records = new List<AuditRecord>();
        foreach (var name in SuspicionKind.All.Select(kind => kind.Name).Where(name => Kind is null ? name != NewDevice.EventName : name == Kind))
            records.AddRange(await db.Set<AuditRecord>().AsNoTracking().Where(r => r.Name == name && r.Sequence > 0 && (after == null || r.Sequence < after))
                .OrderByDescending(r => r.Sequence).Take(Rows + 1).ToListAsync(ct));
        records.Sort((a, b) => b.Sequence.CompareTo(a.Sequence));
        Next = records.Count > Rows ? records[Rows - 1].Sequence : null;
        records = [.. records.Take(Rows)];
        Found = records.ConvertAll(new SuspicionNames(await PeopleAsync(records, ct), places).RowOf);
    }

    private async Task<Dictionary<string, string>> PeopleAsync(List<AuditRecord> records, CancellationToken ct)
    {
        var ids = records.Select(r => Guid.TryParse(r.TargetId, out var id) ? id : Guid.Empty).Distinct().ToList();
        return (await db.Set<User>().Where(u => ids.Contains(u.Id)).Select(u => new { u.Id, u.UserName, u.Email, u.Name }).ToListAsync(ct))
            .ToDictionary(u => u.Id.ToString(), u => u.UserName ?? u.Email ?? u.Name ?? u.Id.ToString());
    }
}
