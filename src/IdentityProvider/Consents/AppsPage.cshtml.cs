using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Consents;

/// <summary>/account/apps: who may use the account, for what, since when; and taking it back.</summary>
[SignedInPage]
internal sealed class AppsPage(AppAccess access, SessionStore sessions, Store db, EventLog events) : PageModel
{
    public IReadOnlyList<AppRow> Apps { get; private set; } = [];

    /// <summary>The name of the app whose access has just ended.</summary>
    public string? Ended { get; private set; }

    public async Task OnGetAsync([FromQuery(Name = "ended")] Guid? ended, CancellationToken ct)
    {
        Apps = await access.OfAsync((await sessions.FindAsync(HttpContext, ct))!.UserId, ct);
        Ended = ended is { } id ? await db.Set<Client>().Where(c => c.Id == id).Select(c => c.DisplayName ?? c.ClientId).FirstOrDefaultAsync(ct) : null;
    }

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "app")] Guid app, CancellationToken ct)
    {
        var userId = (await sessions.FindAsync(HttpContext, ct))!.UserId;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            await db.RevokeGrantsAsync(db.Set<Grant>().Where(g => g.UserId == userId && g.Application!.Id == app), ct);
            await db.Set<Consent>().Where(c => c.UserId == userId && c.ClientId == app).ExecuteDeleteAsync(ct);
            if (await db.Set<Client>().Where(c => c.Id == app).Select(c => c.ClientId).FirstOrDefaultAsync(ct) is { } client)
                events.Record(db, new ConsentRevoked(client, userId));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        return new SeeOtherPage($"/account/apps?ended={app}");
    }
}

internal sealed record ConsentRevoked(string Client, Guid UserId) : IEvent
{
    public string Name => "consents.revoked";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("client", Client), new("user", UserId)];
}
