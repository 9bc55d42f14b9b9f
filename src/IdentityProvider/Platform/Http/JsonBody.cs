using System.Text.Json;
using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// Reads what a caller of our own API sends, and says everything that is wrong with it at once. No entity is filled from JSON: the target is
/// a type of its own with the properties that can be given, and nothing else of the object is taken.
/// </summary>
internal static class JsonBody
{
    private const int MaxDepth = 16;

    /// <returns>The object, or why there is none.</returns>
    public static async Task<(JsonElement Json, IResult? Refused)> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (!http.Request.HasJsonContentType())
            return (default, Refusals.NotJson);
        try
        {
            using var document = await JsonDocument.ParseAsync(http.Request.Body, new JsonDocumentOptions { MaxDepth = MaxDepth }, ct);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return (document.RootElement.Clone(), null);
        }
        catch (JsonException)
        {
            // Said below.
        }

        return (default, Refusals.BadRequest("The body is not a JSON object."));
    }

    /// <param name="http">The request.</param>
    /// <param name="input">What is filled.</param>
    /// <param name="more">Rules beyond the annotations, asked when the JSON could be read.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="told">Names that answers have and requests may repeat, so that an answer can be changed and sent back.</param>
    /// <returns>Null when all is well.</returns>
    public static async Task<IResult?> FillAsync(HttpContext http, object input, Func<IEnumerable<Problem>> more, CancellationToken ct, params string[] told)
    {
        var (json, refused) = await ReadAsync(http, ct);
        return refused ?? Fill(input, json, more, told);
    }

    /// <inheritdoc cref="FillAsync"/>
    public static IResult? Fill(object input, JsonElement json, Func<IEnumerable<Problem>> more, params string[] told)
    {
        var unreadable = JsonInput.Fill(input, json, told);
        return Refuse(unreadable, Constraints.Check(input, JsonNamingPolicy.SnakeCaseLower.ConvertName).Concat(more()));
    }

    /// <summary>The same rules for what came in the fields of a form.</summary>
    /// <returns>Null when all is well.</returns>
    public static IResult? Check(object input, IEnumerable<Problem> more) => Refuse([], Constraints.Check(input, JsonNamingPolicy.SnakeCaseLower.ConvertName).Concat(more));

    /// <summary>Everything that is wrong at once; of what could not be read only that is said, and not what follows from its absence.</summary>
    /// <returns>Null when nothing is.</returns>
    public static IResult? Refuse(IReadOnlyCollection<Problem> unreadable, IEnumerable<Problem> broken)
    {
        Problem[] problems = [.. unreadable, .. broken.Where(problem => !unreadable.Any(known => FieldOf(known) == FieldOf(problem)))];
        return problems.Length == 0 ? null : new ProblemsResult(problems);
    }

    private static string FieldOf(Problem problem) => problem.Property.Split('[', '.')[0];
}
