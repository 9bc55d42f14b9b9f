using System.Security.Cryptography;
using System.Text.Json;
using IdentityProvider.Platform.Secrets;

namespace IdentityProvider.Mfa;

/// <summary>
/// An authenticator that is shown and not saved. It travels in the form, sealed: the server keeps nothing of an enrolment nobody
/// finishes, and what comes back is for the session it was made in.
/// </summary>
internal sealed record NewAuthenticator(Guid Id, Guid UserId, Guid SessionId, DateTimeOffset ExpiresAt, string Secret)
{
    private const string Purpose = "totp-enrolment";
    private const int MaxLength = 1_000;

    public string Seal(MasterKey master) => master.Protect(JsonSerializer.SerializeToUtf8Bytes(this), Purpose);

    /// <summary>Null when it is not one of ours.</summary>
    public static NewAuthenticator? Open(string? text, MasterKey master)
    {
        if (text is not { Length: > 0 and <= MaxLength })
            return null;
        try
        {
            return JsonSerializer.Deserialize<NewAuthenticator>(master.Unprotect(text, Purpose));
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
