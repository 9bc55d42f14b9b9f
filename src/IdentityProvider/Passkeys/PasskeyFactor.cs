using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Passkeys;

/// <summary>A passkey as a second factor: a key that verified its person makes the sign-in phishing-resistant, any key makes it two factors.</summary>
internal sealed class PasskeyFactor(Store db) : ISecondFactor
{
    public const string Name = "passkey";

    public string Kind => Name;
    public int Order => 10;
    public string Title => "Use a passkey";
    public string Page => "/mfa/passkey";
    public bool AskedAlways => true;

    public async ValueTask<string?> AcrOfAsync(Guid userId, CancellationToken ct) =>
        await db.Set<Passkey>().Where(p => p.UserId == userId && !p.Unasked).Select(p => p.UserVerified).ToListAsync(ct) is { Count: > 0 } verified
            ? verified.Contains(true) ? Acr.PhishingResistant : Acr.MultiFactor
            : null;

    public Task RemoveAsync(Guid userId, CancellationToken ct) => db.Set<Passkey>().Where(p => p.UserId == userId).ExecuteDeleteAsync(ct);
}
