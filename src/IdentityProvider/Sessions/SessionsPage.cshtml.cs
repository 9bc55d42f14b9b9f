using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Sessions;

/// <summary>/account/sessions: where the person is signed in, and ending it there.</summary>
[SignedInPage]
internal sealed class SessionsPage(SessionStore sessions, TrustedDevices devices, Places places, Store db, TimeProvider clock) : PageModel
{
    public IReadOnlyList<SessionRow> Rows { get; private set; } = [];

    public IReadOnlyList<TrustedDevice> Trusted { get; private set; } = [];
    public string? PlaceOf(TrustedDevice device) => places.Of(device.Address);
    public int TrustDays => devices.Days;

    /// <summary>What has just ended: "one", "others" or "trust".</summary>
    public string? Ended { get; private set; }

    public async Task OnGetAsync([FromQuery(Name = "ended")] string? ended, CancellationToken ct)
    {
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        Rows = await SessionRow.OfAsync(db, places, session, clock.GetUtcNow(), ct);
        Trusted = await devices.OfAsync(session.UserId, ct);
        Ended = ended;
    }

    /// <summary>Only one's own, whatever id is sent; one that is over already needs no word.</summary>
    public async Task<IActionResult> OnPostEndAsync([FromForm(Name = "session")] Guid id, CancellationToken ct)
    {
        await sessions.EndOneAsync((await sessions.FindAsync(HttpContext, ct))!.UserId, id, "revoked", ct);
        return new SeeOtherPage("/account/sessions?ended=one");
    }

    public async Task<IActionResult> OnPostForgetAsync([FromForm(Name = "device")] Guid id, CancellationToken ct)
    {
        await devices.ForgetAsync((await sessions.FindAsync(HttpContext, ct))!.UserId, id, ct);
        return new SeeOtherPage("/account/sessions?ended=trust");
    }

    public async Task<IActionResult> OnPostOthersAsync(CancellationToken ct)
    {
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        await sessions.EndAllAsync(session.UserId, session.Id, "revoked", ct);
        return new SeeOtherPage("/account/sessions?ended=others");
    }
}
