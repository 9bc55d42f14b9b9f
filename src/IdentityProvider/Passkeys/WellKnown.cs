using IdentityProvider.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Passkeys;

/// <summary>What password managers and browsers look up about our passkeys.</summary>
internal static class WellKnown
{
    /// <summary>W3C, a well-known URL for relying party passkey endpoints: where to add one and where they are kept.</summary>
    public static IResult Endpoints(IOptions<IdentityProviderOptions> root) => Results.Json(new
    {
        enroll = new Uri(root.Value.IssuerUri, "account/passkeys/add").AbsoluteUri,
        manage = new Uri(root.Value.IssuerUri, "account/passkeys").AbsoluteUri,
    });

    /// <summary>WebAuthn Level 3 section 5.11: the origins outside the relying party id that may use it. Nothing where there are none.</summary>
    public static IResult RelatedOrigins(IOptions<PasskeysOptions> options) =>
        options.Value.Origins.Where(o => o.StartsWith("https:", StringComparison.Ordinal)).ToArray() is { Length: > 0 } origins ? Results.Json(new { origins }) : Results.NotFound();
}
