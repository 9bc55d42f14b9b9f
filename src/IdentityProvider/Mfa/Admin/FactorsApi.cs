using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Mfa.Admin;

/// <summary>Second factors in the admin API: taken away as a whole from who lost them, as the command does it; never added, never seen.</summary>
internal static class FactorsApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Routes.AdminApi + "/users/{sub:guid}/reset-factors", ResetAsync).ForAdministrators(Permission.ManageUsers).Takes(typeof(FactorsResetInput)).AnswersNothing();

    /// <summary>
    /// Removes somebody's apps, passkeys and recovery codes, signs them out everywhere and mails them. 403 for somebody who holds more than the caller, 409 for
    /// who could not come back, having no password.
    /// </summary>
    private static async Task<IResult> ResetAsync(Guid sub, HttpContext http, ClaimsPrincipal token, Store db, HeldByCaller held, FactorReset reset, CancellationToken ct)
    {
        var (input, actor) = (new FactorsResetInput(), AdminRoute.ActorOf(token));
        if (await JsonBody.FillAsync(http, input, input.Problems, ct) is { } unfit)
            return unfit;
        if (!await db.Set<User>().AnyAsync(user => user.Id == sub, ct))
            return Refusals.Missing("person");
        if (await held.RefuseAboveAsync(actor, sub, ct) is { } above)
            return above;
        return await reset.RunAsync(sub, $"{input.Reason} (by {actor})", ct)
            ? Results.NoContent()
            : Refusals.Conflict("Nothing was done: they have no password, so a passkey is their only way in. Let them choose a password first.");
    }
}

/// <summary>Why somebody's factors go.</summary>
internal sealed class FactorsResetInput
{
    /// <summary>Why, and how you made sure who asks: goes into the log.</summary>
    [Required, MaxLength(200)]
    public string Reason { get; set; } = "";

    public IEnumerable<Problem> Problems() => Reason.Length > 0 && string.IsNullOrWhiteSpace(Reason) ? [new("reason", "is empty. Say why.")] : [];
}
