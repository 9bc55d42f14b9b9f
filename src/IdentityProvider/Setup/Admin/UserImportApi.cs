using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Setup.Import;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace IdentityProvider.Setup.Admin;

/// <summary>Takes people over from another system, some hundred in a request.</summary>
internal static class UserImportApi
{
    public const string Path = Routes.AdminApi + "/users/import";
    public const int MaxBytes = 2 * 1024 * 1024, MaxRecords = 500;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(Path, ImportAsync).ForAdministrators(Permission.ManageUsers, Permission.ManageRoles).Takes(typeof(UserImportInput)).Answers(typeof(UserImportAnswer));

    /// <summary>
    /// Takes over up to 500 people with their password hashes and second factors, in one transaction. Who is here already stays as they are, so that a request may be sent again; who
    /// is refused, with the reason, keeps nobody else out. Roles are given only by who holds what they permit. With <c>dry_run</c> nothing is written.
    /// </summary>
    private static async Task<IResult> ImportAsync(HttpContext http, ClaimsPrincipal token, HeldByCaller held, UserImport import, CancellationToken ct)
    {
        var input = new UserImportInput();
        if (await JsonBody.FillAsync(http, input, () => input.Records.Count == 0 ? [new Problem("records", "is empty. Give one record or more.")] : [], ct) is { } unfit)
            return unfit;
        var actor = AdminRoute.ActorOf(token);
        var results = await import.BatchAsync(UserFormats.Named[input.Format], input.Records, actor, await held.OfAsync(actor, ct), input.DryRun, ct);
        return Results.Json(new UserImportAnswer([.. results]));
    }
}

/// <summary>People as another system wrote them.</summary>
internal sealed class UserImportInput
{
    /// <summary>What the records are: native has the names of setup documents.</summary>
    [Required, AllowedValues("native", "asp_net_identity", "keycloak", "auth0")]
    public string Format { get; set; } = "native";

    /// <summary>One object for each person, at most 500.</summary>
    [MaxLength(UserImportApi.MaxRecords)]
    public List<JsonElement> Records { get; set; } = [];

    /// <summary>Check everything and write nothing.</summary>
    public bool DryRun { get; set; }
}

/// <summary>How it went, a result for each record, in their order.</summary>
internal sealed record UserImportAnswer(IReadOnlyList<ImportResult> Results);
