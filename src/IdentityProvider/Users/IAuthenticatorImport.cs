using IdentityProvider.Platform.Storage;

namespace IdentityProvider.Users;

/// <summary>
/// Enrols an authenticator app whose secret is known already. Reason for the interface: turns the arrow Setup -> Mfa.
/// </summary>
internal interface IAuthenticatorImport
{
    /// <summary>
    /// Makes the person's authenticator the one with this secret; does nothing when it is that already, so that a second
    /// import is no change. The caller has a transaction open on <paramref name="db"/> and has validated the secret.
    /// </summary>
    Task ImportTotpAsync(Store db, Guid userId, string base32Secret, CancellationToken ct);
}
