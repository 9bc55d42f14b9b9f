using IdentityProvider.Roles;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Sessions.Admin;

/// <summary>The administrator who looks at a page of the console, and what they hold: a page shows no form that they may not send.</summary>
internal sealed record ConsoleUser(Guid Id, IReadOnlyCollection<string> Held)
{
    public bool May(string permission) => Held.Any(held => Permission.Implies(held, permission));
}

internal sealed class ConsoleUsers(SessionStore sessions, UserRoles roles)
{
    public async Task<ConsoleUser> OfAsync(HttpContext http, CancellationToken ct)
    {
        var id = (await sessions.FindAsync(http, ct))!.UserId;
        return new ConsoleUser(id, [.. (await roles.HeldByAsync(id, ct)).SelectMany(role => role.Permissions).Distinct(StringComparer.Ordinal)]);
    }
}
