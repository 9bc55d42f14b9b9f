using System.Globalization;
using IdentityProvider.Email;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Mfa;

/// <summary>What can happen to the second factors of a person, as log, audit and the mail name it.</summary>
internal static class FactorChange
{
    public const string AuthenticatorAdded = "authenticator_added", AuthenticatorRemoved = "authenticator_removed", AuthenticatorRenamed = "authenticator_renamed", FactorsReset = "factors_reset",
        RecoveryCodesMade = "recovery_codes_made", RecoveryCodeUsed = "recovery_code_used", TooManyAttempts = "too_many_attempts";
}

/// <summary>Tells people what happened to their second factors. Only to an address they have proven: another may be a stranger's.</summary>
internal sealed class FactorMails(MailOutbox outbox, Places places, TimeProvider clock, IOptions<IdentityProviderOptions> server)
{
    /// <summary>Saved with the caller's changes.</summary>
    public void Add(Store db, User user, string change, HttpContext? http, string? name = null)
    {
        if (user is not { Email: { } address, EmailConfirmed: true })
            return;
        outbox.Add(db, new MailMessage("second-factor", address, user.Locale, new Dictionary<string, string>
        {
            ["change"] = change,
            ["name"] = name ?? "",
            ["when"] = clock.GetUtcNow().UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture),
            ["address"] = http is null ? "" : places.With(ClientAddress.Shown(http)),
            ["link"] = new Uri(server.Value.IssuerUri, "/account/password").AbsoluteUri,
        }));
    }
}

internal sealed record FactorChanged(Guid UserId, string Change) : IEvent
{
    public string Name => "mfa.factor_changed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("reason", Change)];
}
