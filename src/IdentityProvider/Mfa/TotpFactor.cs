using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Mfa;

/// <summary>The authenticator app as a second factor.</summary>
internal sealed class TotpFactor(Store db) : ISecondFactor
{
    public const string Name = "totp";

    public string Kind => Name;
    public int Order => 20;
    public string Title => "Use your authenticator app";
    public string Page => "/mfa";
    public bool AskedAlways => true;

    public async ValueTask<string?> AcrOfAsync(Guid userId, CancellationToken ct) => await db.Set<Authenticator>().AnyAsync(a => a.UserId == userId, ct) ? Acr.MultiFactor : null;

    public Task RemoveAsync(Guid userId, CancellationToken ct) => db.Set<Authenticator>().Where(a => a.UserId == userId).ExecuteDeleteAsync(ct);
}
