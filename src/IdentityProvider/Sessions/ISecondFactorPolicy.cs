using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Sessions;

/// <summary>
/// Says whether somebody who has proven one factor must prove a second before the session is one.
/// Reason for the interface: turns the arrow Sessions -> Mfa, and no way to sign in can forget to ask.
/// </summary>
internal interface ISecondFactorPolicy
{
    /// <summary>Asked when a first factor was proven. Must not look for the session: there is none yet.</summary>
    ValueTask<bool> IsDueAsync(HttpContext http, User user, CancellationToken ct);

    /// <summary>Must the person give it at each sign-in, on a device they trust too?</summary>
    ValueTask<bool> IsAlwaysDueAsync(Guid userId, CancellationToken ct);

    /// <summary>
    /// Is what was opened with one factor no longer good enough, because of a role or a rule that came later? Asked for sessions and
    /// grants that live.
    /// </summary>
    ValueTask<bool> IsOverdueAsync(Guid userId, CancellationToken ct);

    /// <summary>Must the person have a second factor? Whoever takes the last one away asks.</summary>
    ValueTask<bool> IsRequiredAsync(Guid userId, CancellationToken ct);
}
