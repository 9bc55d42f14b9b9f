using System.ComponentModel.DataAnnotations;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace IdentityProvider.Setup.Admin;

/// <summary>
/// Setup documents in the admin API: they are checked here, all together, and applied by whoever sent them, thing by thing, through the API of each. So nobody does
/// by a document what they may not do otherwise.
/// </summary>
internal static class SetupApi
{
    public const string Check = Routes.AdminApi + "/setup/check";
    public const int MaxBytes = 2 * 1024 * 1024;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(Check, CheckAsync)
        .ForAdministrators(Permission.ReadApis, Permission.ReadClients, Permission.ReadProviders, Permission.ReadRoles, Permission.ReadServiceAccounts, Permission.ReadUsers, Permission.ReadWebhooks)
        .Takes(typeof(SetupCheckInput)).Answers(typeof(SetupCheckAnswer));

    /// <summary>
    /// Holds documents against each other and against what is here, and says everything that is wrong, by document and line. Writes nothing. A secret that is only pointed to
    /// is refused: whoever sends the documents looks it up, or puts any text in its place.
    /// </summary>
    private static async Task<IResult> CheckAsync(HttpContext http, SetupRunner runner, CancellationToken ct)
    {
        var input = new SetupCheckInput();
        if (await JsonBody.FillAsync(http, input, () => input.Documents.Count == 0 ? [new Problem("documents", "is empty. Give one document or more.")] : input.Documents.Select(Named).OfType<Problem>(), ct) is { } unfit)
            return unfit;
        var problems = await runner.CheckAsync([.. input.Documents.Select(document => (document.Name, document.Text))], ct);
        return Results.Json(new SetupCheckAnswer([.. problems.Select(problem => new SetupProblemAnswer(problem.File, problem.Line, problem.Text))]));
    }

    private static Problem? Named(SetupText document, int i) =>
        document.Name.Length is 0 or > 500 || document.Name.Any(char.IsControl) ? new($"documents[{i}].name", "is missing, has more than 500 characters, or a control character.") : null;
}

/// <summary>Documents that are to be applied together.</summary>
internal sealed class SetupCheckInput
{
    [Required, MaxLength(20)]
    public List<SetupText> Documents { get; set; } = [];
}

/// <summary>A document as it was written, so that lines can be told.</summary>
internal sealed class SetupText
{
    /// <summary>What problems call it: its file.</summary>
    public string Name { get; set; } = "";

    /// <summary>JSON; comments and trailing commas are welcome.</summary>
    [SeveralLines]
    public string Text { get; set; } = "";
}

/// <summary>Everything that is wrong; empty when nothing is.</summary>
internal sealed record SetupCheckAnswer(IReadOnlyList<SetupProblemAnswer> Problems);

/// <summary>One thing wrong in a document.</summary>
internal sealed record SetupProblemAnswer(string Document, int Line, string Problem);
