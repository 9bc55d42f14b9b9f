using System.Security.Claims;
using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace IdentityProvider.Recovery.Admin;

/// <summary>The way to a password in the admin API. No administrator chooses one for somebody, or sees the link.</summary>
internal static class RecoveryApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Routes.AdminApi + "/users/{sub:guid}/recovery", SendAsync).ForAdministrators(Permission.ManageUsers).Answers(null, StatusCodes.Status202Accepted);

    /// <summary>
    /// Mails the person the way to choose a password, their first one too. 403 for somebody who holds more than the caller, 409 without an address or for a closed
    /// account, 429 a minute after the last such mail.
    /// </summary>
    private static async Task<IResult> SendAsync(Guid sub, ClaimsPrincipal token, RecoverySending sending, CancellationToken ct) =>
        await sending.SendAsync(AdminRoute.ActorOf(token), sub, ct) ?? Results.StatusCode(StatusCodes.Status202Accepted);
}
