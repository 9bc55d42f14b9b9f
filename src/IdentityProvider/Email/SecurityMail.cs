using System.Globalization;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Email;

/// <summary>To whom: nothing about an account goes to an address that nobody proved.</summary>
internal sealed record MailRecipient(string? Email, bool IsProven, string? Language);

/// <summary>
/// Tells people what happened to their account: when, from where, with what, and where to go if it was not them. Saved with the
/// caller's changes: what happened and the mail about it, or neither.
/// </summary>
internal sealed class SecurityMail(MailOutbox outbox, Places places, IOptions<IdentityProviderOptions> server, TimeProvider clock)
{
    public void Add(Store db, HttpContext http, MailRecipient to, string template, params (string Name, string Value)[] values)
    {
        if (!to.IsProven || !EmailAddress.IsValid(to.Email))
            return;
        var all = values.ToDictionary(value => value.Name, value => value.Value);
        all["when"] = clock.GetUtcNow().UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
        all["device"] = BrowserName.Of(http.Request.Headers.UserAgent);
        all["address"] = places.With(ClientAddress.Shown(http));
        all["account"] = new Uri(server.Value.IssuerUri, "account").AbsoluteUri;
        outbox.Add(db, new MailMessage(template, to.Email!, to.Language, all));
    }
}
