using IdentityProvider.Authorize;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Mfa;

/// <summary>A second factor is due for everybody who has one, and for those who must have one; on a device they trust only for those with a strict role.</summary>
internal sealed class SecondFactorPolicy(SecondFactors factors, TrustedDevices devices, StrictRoles strict, IOptions<MfaOptions> options) : ISecondFactorPolicy
{
    public async ValueTask<bool> IsDueAsync(HttpContext http, User user, CancellationToken ct) =>
        await factors.HasAnyAsync(user.Id, ct) ? !await devices.IsTrustedAsync(http, user.Id, ct) : await IsRequiredAsync(user.Id, ct);

    /// <summary>A stolen laptop must not be an administrator.</summary>
    public async ValueTask<bool> IsAlwaysDueAsync(Guid userId, CancellationToken ct) => await strict.HasAsync(userId, ct);

    /// <summary>Where everybody must have one, a trusted device may have stood in for that of who has one.</summary>
    public async ValueTask<bool> IsOverdueAsync(Guid userId, CancellationToken ct) =>
        await strict.HasAsync(userId, ct) || (options.Value.Required && !await factors.HasAnyAsync(userId, ct));

    /// <summary>Must the person have one?</summary>
    public async ValueTask<bool> IsRequiredAsync(Guid userId, CancellationToken ct) => options.Value.Required || await strict.HasAsync(userId, ct);
}
