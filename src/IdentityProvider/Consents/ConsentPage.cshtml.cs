using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Consents;

/// <summary>/consent: who asks, for what, on whose behalf; allow or deny.</summary>
internal sealed class ConsentPage(ReturnTicket tickets, SessionStore sessions, ScopeCatalog catalog, Store db, TimeProvider clock, EventLog events) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    public string ClientName { get; private set; } = "";
    public string? ClientUri { get; private set; }
    public string? LogoUri { get; private set; }
    public string? PolicyUri { get; private set; }
    public string? TosUri { get; private set; }
    public string RedirectHost { get; private set; } = "";
    public string AccountName { get; private set; } = "";
    public string? AccountEmail { get; private set; }
    public IReadOnlyList<ConsentScope> Scopes { get; private set; } = [];
    public string? Duration { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) is null ? ExpiredTicket.Show(this) : Page();

    public async Task<IActionResult> OnPostAllowAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } asked)
            return ExpiredTicket.Show(this);

        // What is granted comes from the stored request, never from the form.
        var consent = await db.Set<Consent>().FirstOrDefaultAsync(c => c.UserId == asked.Session.UserId && c.ClientId == asked.Waiting.Client.Id, ct);
        if (consent is null)
            db.Add(consent = new Consent { UserId = asked.Session.UserId, ClientId = asked.Waiting.Client.Id });
        consent.Scopes = [.. consent.Scopes.Union(asked.Scopes, StringComparer.Ordinal)];
        consent.Claims = [.. consent.Claims.Union(asked.Claims, StringComparer.Ordinal)];
        consent.GrantedAt = clock.GetUtcNow();
        events.Record(db, new ConsentGranted(asked.Waiting.Client.ClientId!, asked.Session.UserId, string.Join(' ', asked.Scopes)));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException exception) when (exception.IsUniqueViolation())
        {
            // A second tab inserted the same row first; the dispatcher will ask again if it granted less.
            db.ChangeTracker.Clear();
        }

        return HandOver.To(this, asked.Waiting.ReturnUrl);
    }

    public async Task<IActionResult> OnPostDenyAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not { } asked)
            return ExpiredTicket.Show(this);
        await tickets.RefuseAsync(Ticket!, Errors.AccessDenied, ct);
        events.Raise(new ConsentDenied(asked.Waiting.Client.ClientId!, asked.Session.UserId));
        return HandOver.To(this, asked.Waiting.ReturnUrl);
    }

    private sealed record Asked(WaitingRequest Waiting, Session Session, IReadOnlyList<string> Scopes, IReadOnlyList<string> Claims);

    private async Task<Asked?> LoadAsync(CancellationToken ct)
    {
        if (await tickets.FindAsync(Ticket, ct) is not { Kind: RequestKind.Authorization } waiting || await sessions.FindAsync(HttpContext, ct) is not { } session)
            return null;
        var snapshot = await catalog.GetAsync(ct);
        var scopes = Audiences.Narrow(snapshot, waiting.Request.GetScopes(), waiting.Request.GetResources());
        var allowed = waiting.Client.Scope.Split(' ');
        string[] claims = [.. RequestedClaims.Parse((string?)waiting.Request["claims"])!.All.Where(c => snapshot.Releases(allowed, c))];

        ClientName = waiting.ClientName;
        (ClientUri, LogoUri, PolicyUri, TosUri) = (waiting.Client.ClientUri, waiting.Client.LogoUri, waiting.Client.PolicyUri, waiting.Client.TosUri);
        RedirectHost = Uri.TryCreate(waiting.Request.RedirectUri, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : waiting.Request.RedirectUri ?? "";
        AccountName = session.User.DisplayName;
        AccountEmail = session.User.Email;
        var released = snapshot.Find(scopes).SelectMany(s => s.Claims).ToHashSet(StringComparer.Ordinal);
        Scopes =
        [
            .. snapshot.Find(scopes).Where(s => s.Name != StandardScopes.OfflineAccess).Select(s => new ConsentScope(s.Name, s.Sentence, s.Name == StandardScopes.OpenId)),
            .. claims.Where(c => !released.Contains(c)).Select(c => new ConsentScope(c, $"See your {c.Replace('_', ' ')}", Required: false)),
        ];
        Duration = scopes.Contains(StandardScopes.OfflineAccess) ? "It keeps this access when you are away, until you take it back." : "It has this access while you are signed in.";
        return new Asked(waiting, session, scopes, claims);
    }
}

/// <summary>A line of the consent page.</summary>
internal sealed record ConsentScope(string Name, string Sentence, bool Required);

internal sealed record ConsentGranted(string ClientId, Guid UserId, string Scopes) : IEvent
{
    public string Name => "consents.granted";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("client", ClientId), new("user", UserId), new("scopes", Scopes)];
}

internal sealed record ConsentDenied(string ClientId, Guid UserId) : IEvent
{
    public string Name => "consents.denied";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("client", ClientId), new("user", UserId)];
    public EventResult Result => EventResult.Refused;
}
