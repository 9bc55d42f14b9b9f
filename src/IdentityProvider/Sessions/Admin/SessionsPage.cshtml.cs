using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Sessions.Admin;

/// <summary>/admin/sessions: who is signed in, found by person, app and address, and ending it.</summary>
[SignedInPage, Permission(Permission.ReadSessions)]
internal sealed class SessionsPage(SessionStore sessions, SessionSearch search, SessionEnding ending, UserRoles roles, TimeProvider clock) : PageModel
{
    private const int Rows = 50;

    [BindProperty(SupportsGet = true, Name = "user")]
    public string? Person { get; set; }

    [BindProperty(SupportsGet = true, Name = "client_id")]
    public string? App { get; set; }

    [BindProperty(SupportsGet = true, Name = "ip")]
    public string? Address { get; set; }

    public IReadOnlyList<LiveSession> Sessions { get; private set; } = [];

    /// <summary>Where the next page goes on; null at the end.</summary>
    public string? Next { get; private set; }

    /// <summary>May the administrator end them, or only look?</summary>
    public bool MayEnd { get; private set; }

    /// <summary>May the administrator go on to what happened in one?</summary>
    public bool MaySeeAudit { get; private set; }

    /// <summary>The session that looks at this page.</summary>
    public Guid This { get; private set; }

    /// <summary>The one person that all sessions here belong to, when one was asked for.</summary>
    public LiveSession? One => !string.IsNullOrWhiteSpace(Person) && Next is null && Sessions.DistinctBy(s => s.Session.UserId).Count() == 1 ? Sessions[0] : null;

    public bool IsFiltered => !string.IsNullOrWhiteSpace(Person + App + Address);

    /// <summary>What has just ended: "one" or "all".</summary>
    public string? Ended { get; private set; }

    public DateTimeOffset Now { get; private set; }

    public async Task OnGetAsync(string? after, string? ended, CancellationToken ct)
    {
        (Person, App, Address) = (Bounded(Person, 254), Bounded(App, 100), Bounded(Address, 64));
        var current = (await sessions.FindAsync(HttpContext, ct))!;
        (This, Ended, Now) = (current.Id, ended, clock.GetUtcNow());
        MayEnd = await roles.PermitAsync(current.UserId, Permission.ManageSessions, ct);
        MaySeeAudit = await roles.PermitAsync(current.UserId, Permission.ReadAudit, ct);
        (Sessions, Next) = await search.FindAsync(new SessionFilter(Person, App, Address), after, Rows, ct);
    }

    /// <summary>One that is over already needs no word.</summary>
    [Permission(Permission.ManageSessions)]
    public async Task<IActionResult> OnPostEndAsync([FromForm(Name = "session")] Guid sid, CancellationToken ct)
    {
        await ending.EndAsync((await sessions.FindAsync(HttpContext, ct))!.UserId, sid, ct);
        return new SeeOtherPage(Here(ended: "one"));
    }

    [Permission(Permission.ManageSessions)]
    public async Task<IActionResult> OnPostAllAsync([FromForm(Name = "person")] Guid userId, CancellationToken ct)
    {
        await ending.EndAllAsync((await sessions.FindAsync(HttpContext, ct))!.UserId, userId, ct);
        return new SeeOtherPage(Here(ended: "all"));
    }

    /// <summary>This page with the same filter.</summary>
    public string Here(string? handler = null, string? ended = null, string? after = null)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in new[] { ("user", Bounded(Person, 254)), ("client_id", Bounded(App, 100)), ("ip", Bounded(Address, 64)), ("handler", handler), ("ended", ended), ("after", after) })
            if (!string.IsNullOrWhiteSpace(value))
                query.Add(name, value);
        return "/admin/sessions" + query;
    }

    private static string? Bounded(string? text, int length) => text?.Length > length ? text[..length] : text;
}
