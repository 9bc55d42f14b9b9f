using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Passkeys;

/// <summary>
/// Should somebody who has just typed a password be offered a passkey? Only where this device can keep one, nothing else is going
/// on, and they were not asked for a while.
/// </summary>
internal sealed class NudgeStep(Store db, IHttpContextAccessor http, IOptions<PasskeysOptions> options) : IAuthorizeStep
{
    /// <summary>Set by the script of the sign-in page where the device can keep passkeys. A hint and no more: nothing is granted for it.</summary>
    public const string CapableCookie = "passkey-device";

    public static readonly TimeSpan NotAgainFor = TimeSpan.FromDays(14);

    public async ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct)
    {
        if (!options.Value.OfferAfterPassword || !context.MayPrompt || context.Kind != RequestKind.Authorization || !IsPlain(context))
            return null;
        if (context.Session is not { } session || session.AuthenticatedAt < context.StartedAt || session.AuthenticatedAt + FreshSignInAttribute.MaxAge <= context.Now || !session.Factors.Exists(f => f.Method == "pwd"))
            return null;
        if (http.HttpContext?.Request.Cookies.ContainsKey(CapableCookie) != true)
            return null;
        var since = context.Now - NotAgainFor;
        return await db.Set<PasskeyNudge>().AnyAsync(n => n.UserId == session.UserId && (n.DeclinedAt != null || n.AskedAt > since), ct)
            || await db.Set<Passkey>().AnyAsync(p => p.UserId == session.UserId, ct)
            ? null
            : new Pending("/passkey/new", "passkey_offer", Errors.InteractionRequired, "The person is offered a passkey, and the request allows no page.");
    }

    /// <summary>Whoever is in the middle of proving more than usual is not to be distracted.</summary>
    private static bool IsPlain(AuthorizeContext context) => context.MaxAge is null && !context.AcrValues.Any() && context.Claims.EssentialAcr.Count == 0 && context.Request.Prompt is null;
}
