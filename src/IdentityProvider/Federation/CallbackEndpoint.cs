using System.Globalization;
using IdentityProvider.Authorize;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Federation;

/// <summary>GET /federation/{name}/callback: back from the provider, once, in the browser that went there.</summary>
internal sealed class CallbackEndpoint(
    UpstreamHandlers handlers, BrowserCookie browsers, ReturnTicket tickets, Accounts accounts, Links links, Connections connections, SessionStore sessions, UpstreamSessions elsewhere, SignInEnd end, Store db, RateLimiter limiter,
    IOptions<RateLimitsOptions> limits, EventLog events, TimeProvider clock)
{
    /// <summary>The first proof of a session that a provider opened.</summary>
    public const string Method = "fed";

    /// <summary>Who does not say when is taken for older than any page takes that wants a fresh sign-in.</summary>
    private static readonly TimeSpan AgeOfUnknown = TimeSpan.FromHours(1);

    public static Task<IResult> HandleAsync(string name, HttpContext http, ProviderCatalog catalog, CallbackEndpoint endpoint, CancellationToken ct) =>
        catalog.Find(name) is { } provider ? endpoint.ReceiveAsync(http, provider, ct) : Task.FromResult<IResult>(SignInEnd.Nowhere);

    private async Task<IResult> ReceiveAsync(HttpContext http, KnownProvider provider, CancellationToken ct)
    {
        // Each of these has us call the provider.
        var lease = await limiter.TryAcquireAsync("sign-in", limits.Value.SignInPerAddress, ClientAddress.Of(http), ct);
        if (!lease.Acquired)
            return new TooManyResult(lease.RetryAfter);

        var answer = await handlers.ReceiveAsync(http, provider);
        if (answer.Principal is not null || answer.Failure is not null)
            provider.Circuit.Count(reached: !SignInEnd.IsUnreachable(answer.Failure));
        if (Item(answer, UpstreamAnswer.Browser) is not { } browser || browsers.Read(http) is not { } own || !Handle.Matches(own, browser))
            return SignInEnd.Nowhere;
        var (who, why) = await ReadAsync(answer, provider, ct);
        if (Item(answer, UpstreamAnswer.Session) is { } sessionId)
            return await ConnectAsync(http, provider, sessionId, who, why, ct);
        if (await tickets.FindAsync(Item(answer, UpstreamAnswer.Ticket), ct) is not { } waiting)
            return SignInEnd.Nowhere;
        if (who is not null && !ProviderOption.IsOffered(waiting, provider))
            why = Refusal.Off(provider.Row.DisplayName);

        // A session of theirs answered in the person's place, although they had to prove themselves anew.
        var anew = StartEndpoint.WantsProof(waiting, await sessions.FindBegunAsync(http, ct));
        if (why is null && who is not null && anew && IsStale(provider, who, waiting))
            why = Refusal.Stale(provider.Row.DisplayName);
        return why is not null
            ? await end.RefuseAsync(http, provider, waiting.Ticket, why, answer.Failure, ct)
            : await OpenAsync(http, provider, waiting, who!, ProvenAt(provider, who!, anew), answer.Properties!.GetTokenValue("id_token"), ct);
    }

    /// <summary>
    /// Proven there too early, or nobody knows when: an ID token must say it where max_age was sent (OpenID Connect Core 1.0 section 2).
    /// The others have no word for it.
    /// </summary>
    private static bool IsStale(KnownProvider provider, UpstreamIdentity who, WaitingRequest waiting) =>
        who.AuthenticatedAt is { } at ? at < waiting.StartedAt - ProviderOptions.ClockSkew : provider.Options is OpenIdConnectOptions;

    /// <summary>
    /// When the person proved who they are: there, which may be long ago, and not when they came back. Who proved it anew for this
    /// request has just done so, whatever the clocks say; Google and plain OAuth 2.0 have no word for it and are believed.
    /// </summary>
    private DateTimeOffset ProvenAt(KnownProvider provider, UpstreamIdentity who, bool anew)
    {
        var now = clock.GetUtcNow();
        if (anew || provider.Options is not OpenIdConnectOptions)
            return now;
        return who.AuthenticatedAt is not { } at ? now - AgeOfUnknown : at < now ? at : now;
    }

    private async Task<(UpstreamIdentity? Who, Refusal? Why)> ReadAsync(UpstreamAnswer answer, KnownProvider provider, CancellationToken ct)
    {
        if (await RefusalOfAsync(answer, provider, ct) is { } refusal)
            return (null, refusal);
        if (UpstreamIdentity.Of(answer.Principal!, provider.Row) is not { } who)
            return (null, Refusal.Failed(provider.Row.DisplayName));
        return who.IsWithin(provider.Row) ? (who, null) : (null, Refusal.Outside(provider.Row.DisplayName));
    }

    /// <summary>For who went there to connect an account, and is still signed in with the session that did.</summary>
    private async Task<IResult> ConnectAsync(HttpContext http, KnownProvider provider, string sessionId, UpstreamIdentity? who, Refusal? why, CancellationToken ct)
    {
        if (await sessions.FindAsync(http, ct) is not { } session || session.Id.ToString() != sessionId)
            return SignInEnd.Nowhere;
        why ??= await connections.AddAsync(http, provider, who!, session, ct);
        if (why is null)
            return new SeeOther("/account/connections?done=connected");
        events.Raise(new FederationRefused(provider.Row.Name, why.Reason, ErrorInfo.IdOf(http), session.UserId));
        return new SeeOther(ConnectionsPage.ProblemAt(provider, why));
    }

    private async Task<Refusal?> RefusalOfAsync(UpstreamAnswer answer, KnownProvider provider, CancellationToken ct)
    {
        var title = provider.Row.DisplayName;
        if (answer.Denied)
            return Refusal.Denied(title);
        if (answer.Principal is null)
            return SignInEnd.IsUnreachable(answer.Failure) ? Refusal.Unreachable(title) : Refusal.Failed(title);
        if (!provider.IsOffered)
            return Refusal.Off(title);

        // The cookie of the correlation lasts as long as its browser keeps it, and can be sent twice.
        var now = clock.GetUtcNow();
        var once = SpentIdentifier.KeyOf("federation", provider.Row.Name, Item(answer, UpstreamAnswer.Once) ?? "");
        return answer.Properties!.IssuedUtc is { } started && now - started < ProviderOptions.TimeToSignIn && await SpentIdentifier.TrySpendAsync(db, once, now + ProviderOptions.TimeToSignIn, ct)
            ? null
            : Refusal.Late(title);
    }

    private async Task<IResult> OpenAsync(HttpContext http, KnownProvider provider, WaitingRequest waiting, UpstreamIdentity who, DateTimeOffset provenAt, string? idToken, CancellationToken ct)
    {
        switch (await accounts.OpenAsync(provider, who, ct))
        {
            case Opened.Account(var user):
                var session = await sessions.StartAsync(http, user, MethodsOf(provider, who), staySignedIn: false, PrepareAsync, ct);
                events.Raise(new FederatedSignIn(user.Id, session.Id, provider.Row.Name));
                return new SeeOther(waiting.ReturnUrl);
            case Opened.Taken when waiting.Client.LocalSignInOff:
                return await end.RefuseAsync(http, provider, waiting.Ticket, Refusal.ConnectFirst(provider.Row.DisplayName), null, ct);
            case Opened.Taken(var userId):
                await links.AskAsync(http, provider, who, userId, ct);
                return new SeeOther(string.Create(CultureInfo.InvariantCulture, $"/federation/link?ticket={waiting.Ticket}"));
            case Opened.Nothing(var refusal):
                return await end.RefuseAsync(http, provider, waiting.Ticket, refusal, null, ct);
            default:
                throw new InvalidOperationException("An answer opens an account, or none.");
        }

        Task PrepareAsync(Session session)
        {
            session.AuthenticatedAt = provenAt;
            return elsewhere.PrepareAsync(provider, who, idToken, session, ct);
        }
    }

    /// <summary>A second factor given there is one here only where the operator says so; else our own is asked for.</summary>
    private static string[] MethodsOf(KnownProvider provider, UpstreamIdentity who) =>
        provider.Row.TrustsMultiFactor && who.Methods.Contains("mfa") ? [Method, "mfa"] : [Method];

    private static string? Item(UpstreamAnswer answer, string name) => answer.Properties?.Items.TryGetValue(name, out var value) == true ? value : null;
}
