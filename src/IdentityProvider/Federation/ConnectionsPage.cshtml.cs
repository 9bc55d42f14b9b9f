using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Federation;

/// <summary>/account/connections: which accounts elsewhere open this one; one more, one less.</summary>
[SignedInPage]
internal sealed class ConnectionsPage(SessionStore sessions, Connections connections, ProviderCatalog catalog, UpstreamHandlers handlers, BrowserCookie browsers, TimeProvider clock) : PageModel
{
    public IReadOnlyList<Connection> Mine { get; private set; } = [];
    public IReadOnlyList<KnownProvider> Others { get; private set; } = [];

    /// <summary>The only one that is on is the only way in, and stays.</summary>
    public bool OneWayIn { get; private set; }

    public string? Notice { get; private set; }
    public string? Problem { get; private set; }

    public async Task OnGetAsync([FromQuery(Name = "done")] string? done, [FromQuery(Name = "problem")] string? problem, [FromQuery(Name = "provider")] string? provider, CancellationToken ct)
    {
        var userId = (await sessions.FindAsync(HttpContext, ct))!.UserId;
        Mine = await connections.OfAsync(userId, ct);
        OneWayIn = await connections.WaysAsync(userId, ct) == 1;
        Others = [.. catalog.Offered.Where(p => Mine.All(c => c.Provider != p.Row.Name))];
        Notice = done switch
        {
            "connected" => "The account is connected. You can sign in with it from now on.",
            "removed" => "The account is disconnected. It no longer signs you in here.",
            _ => null,
        };
        Problem = catalog.Find(provider) is { } known ? Refusal.Of(problem, known.Row.DisplayName)?.Words : problem == "last" ? "It is the only way into your account. Set a password or add a passkey first." : null;
    }

    /// <summary>Off to the provider, on behalf of this session. A form of our own with a fresh sign-in: nobody else can begin it.</summary>
    [FreshSignIn]
    public async Task<IActionResult> OnPostConnectAsync([FromForm(Name = "provider")] string? name, CancellationToken ct)
    {
        if (catalog.Find(name) is not { IsOffered: true } provider)
            return NotFound();
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        var properties = new AuthenticationProperties { IssuedUtc = clock.GetUtcNow() };
        properties.Items[UpstreamAnswer.Session] = session.Id.ToString();
        properties.Items[UpstreamAnswer.Browser] = Handle.Hash(browsers.Ensure(HttpContext));
        properties.Items[UpstreamAnswer.Once] = Handle.Create();
        try
        {
            if (!provider.Circuit.IsOpen && await handlers.AddressAsync(HttpContext, provider, properties) is { } address)
                return HandOver.Away(this, address);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            provider.Circuit.Count(reached: false);
        }

        return new SeeOtherPage(ProblemAt(provider, Refusal.Unreachable(provider.Row.DisplayName)));
    }

    [FreshSignIn]
    public async Task<IActionResult> OnPostRemoveAsync([FromForm(Name = "connection")] Guid id, CancellationToken ct) =>
        new SeeOtherPage(await connections.RemoveAsync(HttpContext, id, (await sessions.FindAsync(HttpContext, ct))!, ct) ? "/account/connections?done=removed" : "/account/connections?problem=last");

    public static string ProblemAt(KnownProvider provider, Refusal refusal) => $"/account/connections?problem={refusal.Reason}&provider={provider.Row.Name}";
}
