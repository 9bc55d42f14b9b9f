using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

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
    private static async Task<IResult> ResetAsync(Guid sub, HttpContext http, ClaimsPrincipal token, FactorsResetting resetting, CancellationToken ct)
    {
        var input = new FactorsResetInput();
        return await JsonBody.FillAsync(http, input, input.Problems, ct) ?? await resetting.ResetAsync(AdminRoute.ActorOf(token), sub, input, ct) ?? Results.NoContent();
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
