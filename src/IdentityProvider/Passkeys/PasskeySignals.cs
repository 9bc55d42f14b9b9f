using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using IdentityProvider.Users;

namespace IdentityProvider.Passkeys;

/// <summary>What the page tells the browser's password manager (WebAuthn Level 3 section 5.1.10): method and options, for passkeysignals.js.</summary>
internal static class PasskeySignals
{
    /// <summary>All passkeys of somebody who is signed in. A list that is not whole would make the rest disappear from their devices.</summary>
    public static string Current(RelyingParty party, User user, IEnumerable<byte[]> all)
    {
        var userId = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(user.Id.ToString("D")));
        return JsonSerializer.Serialize(new
        {
            signalAllAcceptedCredentials = new { rpId = party.Id, userId, allAcceptedCredentialIds = all.Select(id => Base64Url.EncodeToString(id)).ToArray() },
            signalCurrentUserDetails = new { rpId = party.Id, userId, name = Registration.NameOf(user), displayName = user.DisplayName },
        });
    }

    /// <summary>A passkey nobody has here any more. It tells no more than trying it did.</summary>
    public static string Unknown(RelyingParty party, string credentialId) =>
        JsonSerializer.Serialize(new { signalUnknownCredential = new { rpId = party.Id, credentialId } });
}
