using IdentityProvider.Authorize;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Consents;

/// <summary>Did the person allow this client these scopes, and, if the client insists, in answer to this very request?</summary>
internal sealed class ConsentStep(Store db) : IAuthorizeStep
{
    public async ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct)
    {
        // The device page asks the same in its own words.
        if (context.Kind == RequestKind.Device)
            return null;
        if (context.Client.ConsentType == ConsentTypes.Implicit && !context.Prompts("consent"))
            return null;

        var consent = await db.Set<Consent>().AsNoTracking()
            .FirstOrDefaultAsync(c => c.UserId == context.Session!.UserId && c.ClientId == context.Client.Id, ct);
        return Reason(context, consent) is { } reason
            ? new Pending("/consent", reason, Errors.ConsentRequired, "The person must agree, and the request allows no page.")
            : null;
    }

    private static string? Reason(AuthorizeContext context, Consent? consent)
    {
        if (consent is null)
            return "no_consent";
        if (consent.GrantedAt >= context.StartedAt && Covers(context, consent))
            return null;
        if (context.Prompts("consent"))
            return "prompt_consent";

        // Anyone on the device can pose as a native client: its redirect URI proves nothing (RFC 8252 section 8.6).
        if (context.Client is { ClientType: ClientTypes.Public, ApplicationType: ApplicationTypes.Native })
            return "native_client";
        return Covers(context, consent) ? null : "new_scope";
    }

    private static bool Covers(AuthorizeContext context, Consent consent) =>
        context.Scopes.All(consent.Scopes.Contains) && context.Claims.All.All(consent.Claims.Contains);
}
