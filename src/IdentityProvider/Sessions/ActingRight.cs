using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>May whoever acts for somebody in a session still do so? Asked at each request of it: a right that is taken away ends it.</summary>
internal sealed class ActingRight(Store db, UserRoles roles, IOptions<SessionsOptions> options)
{
    public async Task<bool> StandsAsync(Session acted, CancellationToken ct) =>
        options.Value.ImpersonationLifetime > TimeSpan.Zero
        && await db.Set<Session>().AnyAsync(own => own.Id == acted.ActorSessionId && own.User.DisabledAt == null, ct)
        && await roles.PermitAsync(acted.ActorId!.Value, Permission.ImpersonateUsers, ct);
}
