using IdentityProvider.Authorize;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Federation;

/// <summary>
/// Did the person come in by a way that the client takes? A session counts by how it began: one begun by a password at another client
/// does not open a client that wants the company's directory.
/// </summary>
internal sealed class WayInStep(UpstreamSessions elsewhere, ProviderCatalog catalog) : IAuthorizeStep
{
    public async ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct)
    {
        var client = context.Client;
        if (context.Begun is not { } session || (!client.LocalSignInOff && client.Providers.Count == 0))
            return null;
        var isTaken = session.Factors.Exists(factor => factor.Method == CallbackEndpoint.Method)
            ? client.Providers.Count == 0 || (await elsewhere.OfAsync(session.Id, ct) is { } from && client.Providers.Exists(name => catalog.Find(name)?.Row.Id == from.ProviderId))
            : !client.LocalSignInOff;
        return isTaken ? null : new Pending("/login", "way_in", Errors.LoginRequired, "The person must sign in another way, and the request allows no page.");
    }
}
