using IdentityProvider.Roles;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Mfa;

/// <summary>Who must have a second factor for what they may do: administrators, and holders of the roles a deployment names.</summary>
internal sealed class StrictRoles(UserRoles roles, IOptions<MfaOptions> options)
{
    public async Task<bool> HasAsync(Guid userId, CancellationToken ct) =>
        (await roles.HeldByAsync(userId, ct)).Any(role => options.Value.RequiredForRoles.Contains(role.Name) || role.Permissions.Exists(Permission.IsAdministrative));
}
