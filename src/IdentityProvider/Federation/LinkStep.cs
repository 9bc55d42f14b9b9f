using IdentityProvider.Authorize;
using Microsoft.AspNetCore.Http;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Federation;

/// <summary>Does a link wait in this browser that the person has now proven both sides of?</summary>
internal sealed class LinkStep(Links links, IHttpContextAccessor http) : IAuthorizeStep
{
    public async ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct) =>
        context.MayPrompt && context.Session is { } session && http.HttpContext is { } request && await links.FindAsync(request, ct) is { } waiting && Links.IsProven(waiting.Link, session)
            ? new Pending("/federation/link", "link", Errors.InteractionRequired, "The person is asked about connecting an account, and the request allows no page.")
            : null;
}
