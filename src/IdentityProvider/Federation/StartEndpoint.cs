using IdentityProvider.Authorize;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Sessions;
using IdentityProvider.UpstreamProviders;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Federation;

/// <summary>GET /federation/{name}/start: off to the provider. Takes a ticket, and no address to come back to.</summary>
internal static class StartEndpoint
{
    /// <summary>Asks when it was, and no more: nobody has to sign in again for it.</summary>
    private static readonly TimeSpan AnyAge = TimeSpan.FromDays(3650);

    public static async Task<IResult> HandleAsync(
        string name, string? ticket, HttpContext http, ProviderCatalog catalog, UpstreamHandlers handlers, BrowserCookie browsers, ReturnTicket tickets, SessionStore sessions, SignInEnd end,
        TimeProvider clock, CancellationToken ct)
    {
        if (await tickets.FindAsync(ticket, ct) is not { } waiting || catalog.Find(name) is not { } provider)
            return SignInEnd.Nowhere;
        if (!ProviderOption.IsOffered(waiting, provider))
            return await end.RefuseAsync(http, provider, waiting.Ticket, Refusal.Off(provider.Row.DisplayName), null, ct);
        if (provider.Circuit.IsOpen)
            return await end.RefuseAsync(http, provider, waiting.Ticket, Refusal.Unreachable(provider.Row.DisplayName), null, ct);
        if (waiting.Problem is not null)
            await tickets.TellAsync(waiting.Ticket, null, ct);
        var properties = new AuthenticationProperties { IssuedUtc = clock.GetUtcNow() };
        properties.Items[UpstreamAnswer.Ticket] = waiting.Ticket;
        properties.Items[UpstreamAnswer.Browser] = Handle.Hash(browsers.Ensure(http));
        properties.Items[UpstreamAnswer.Once] = Handle.Create();
        properties.SetParameter(UpstreamAnswer.LoginHint, waiting.Request.LoginHint);
        var anew = WantsProof(waiting, await sessions.FindBegunAsync(http, ct));
        properties.SetParameter(UpstreamAnswer.Prompt, PromptOf(waiting, provider.Row.Kind, anew));

        // OpenID Connect Core 1.0 section 3.1.2.1: with it the provider must say when it was (auth_time).
        properties.SetParameter<TimeSpan?>(Parameters.MaxAge, !anew ? AnyAge : Asks(waiting, PromptValues.Login) ? TimeSpan.Zero : AuthorizeContext.ReadMaxAge(waiting.Request) ?? TimeSpan.Zero);
        try
        {
            await handlers.ChallengeAsync(http, provider, properties);
            return Results.Empty;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested && !http.Response.HasStarted)
        {
            provider.Circuit.Count(reached: false);

            // Where the provider's own document does not come, there is nowhere to send anybody.
            return await end.RefuseAsync(http, provider, waiting.Ticket, Refusal.Unreachable(provider.Row.DisplayName), failure, ct);
        }
    }

    /// <summary>
    /// Who has to prove themselves anew here has to there, too: a session of theirs would answer in their place. Google asks nobody
    /// for a password because we wish it, but lets people choose.
    /// </summary>
    private static string? PromptOf(WaitingRequest waiting, string kind, bool anew) =>
        anew ? kind == ProviderKinds.Google ? PromptValues.SelectAccount : PromptValues.Login
        : Asks(waiting, PromptValues.SelectAccount) ? PromptValues.SelectAccount
        : null;

    /// <summary>
    /// Must the person prove anew who they are? The request says so, or the sign-in of this browser was too old to go on with: a session
    /// at the provider opened it, and would open it again.
    /// </summary>
    public static bool WantsProof(WaitingRequest waiting, Session? begun) => Asks(waiting, PromptValues.Login) || AuthorizeContext.ReadMaxAge(waiting.Request) < AnyAge
        || (begun is not null && !WantedAcr.IsFresh(begun, waiting.StartedAt) && !Asks(waiting, PromptValues.SelectAccount));

    private static bool Asks(WaitingRequest waiting, string prompt) => waiting.Request.Prompt?.Split(' ').Contains(prompt) == true;
}
