using IdentityProvider.Users;

namespace IdentityProvider.Mfa;

/// <summary>What a page shows of an authenticator that is being set up.</summary>
/// <param name="Sealed">The hidden field.</param>
/// <param name="Secret">In groups of four, as people type it.</param>
/// <param name="Uri">The key URI, which apps on the same device open.</param>
/// <param name="Qr">The same for the camera of another.</param>
/// <param name="Label">Who and where, in words.</param>
internal sealed record EnrolmentForm(string Sealed, string Secret, string Uri, QrCode Qr, string Label)
{
    public static EnrolmentForm Of(NewAuthenticator fresh, string sealedForm, string issuer, User user)
    {
        var account = user.UserName ?? user.Email ?? user.DisplayName;
        var uri = $"otpauth://totp/{Escape(issuer)}:{Escape(account)}?secret={fresh.Secret}&issuer={Escape(issuer)}&algorithm=SHA1&digits=6&period=30";
        return new EnrolmentForm(sealedForm, string.Join(' ', fresh.Secret.Chunk(4).Select(group => new string(group))), uri, QrCode.Of(uri), $"{account} at {issuer}");
    }

    private static string Escape(string text) => System.Uri.EscapeDataString(text);
}
