using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Mfa;

/// <summary>The <c>totp_secret</c> of a setup document: at most one authenticator of a user comes from there.</summary>
internal sealed class AuthenticatorImport(MasterKey masterKey, TimeProvider clock) : IAuthenticatorImport
{
    internal const string ImportedName = "Setup document";

    public async Task ImportTotpAsync(Store db, Guid userId, string base32Secret, CancellationToken ct)
    {
        var secret = TotpSecret.FromBase32(base32Secret);
        var authenticators = await db.Set<Authenticator>().Where(a => a.UserId == userId).ToListAsync(ct);
        if (authenticators.Any(a => TotpSecret.Open(a.ProtectedSecret, masterKey).Equals(secret)))
            return;

        // Another secret in the document means that the one before is no longer to be trusted.
        if (authenticators.Find(a => a.Name == ImportedName) is { } former)
            db.Remove(former);
        db.Add(new Authenticator { UserId = userId, Name = ImportedName, ProtectedSecret = secret.Protect(masterKey), CreatedAt = clock.GetUtcNow() });
        await db.SaveChangesAsync(ct);
    }
}
