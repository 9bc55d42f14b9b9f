using System.Globalization;
using IdentityProvider.Email;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;

namespace IdentityProvider.Passkeys;

/// <summary>Tells people what happened to a passkey, in the transaction in which it did.</summary>
internal sealed class PasskeyMails(MailOutbox outbox, TimeProvider clock)
{
    public void Added(Store db, User user, Passkey passkey) => Add(db, user, "passkey-added", passkey);

    public void Removed(Store db, User user, Passkey passkey) => Add(db, user, "passkey-removed", passkey);

    public void Renamed(Store db, User user, Passkey passkey, string name) => Add(db, user, "passkey-renamed", passkey, name);

    /// <summary>It counted backwards.</summary>
    public void Copied(Store db, User user, Passkey passkey) => Add(db, user, "passkey-copied", passkey);

    /// <summary>Somebody who knows the password sends answers that are wrong.</summary>
    public void Guessed(Store db, User user) => Add(db, user, "passkey-attempts", null);

    private void Add(Store db, User user, string template, Passkey? passkey, string name = "")
    {
        if (!EmailAddress.IsValid(user.Email))
            return;
        var values = new Dictionary<string, string> { ["passkey"] = passkey?.Name ?? "", ["name"] = name, ["demanded"] = passkey is { Unasked: true } ? "" : "yes", ["time"] = clock.GetUtcNow().ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture) };
        outbox.Add(db, new MailMessage(template, user.Email!, user.Locale, values));
    }
}
