using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// What a change of ours refuses, said on the form that asked for it: the same code decides for the admin API and for the page, and only the words
/// around it differ.
/// </summary>
internal static class RefusedForm
{
    private const string Changed = "Somebody else changed it meanwhile. This is how it is now; change it again";

    public static bool IsMissing(this IResult? refused) => refused is ErrorResult { Error.Status: StatusCodes.Status404NotFound };

    /// <summary>Somebody was faster.</summary>
    public static bool IsStale(this IResult? refused) => refused is ErrorResult { Error.Status: StatusCodes.Status412PreconditionFailed };

    /// <param name="state">The errors of the form.</param>
    /// <param name="refused">Why the change is not made.</param>
    /// <param name="field">Beside which field it is said when it is about none in particular; "" for none.</param>
    /// <param name="labels">Which field holds which property, and how a sentence about it begins ("The name").</param>
    public static void Tell(this ModelStateDictionary state, IResult refused, string field = "", params (string Property, string Field, string Words)[] labels)
    {
        if (refused is ProblemsResult broken)
            foreach (var (property, text) in broken.Problems)
            {
                var (_, name, words) = labels.FirstOrDefault(label => label.Property == property.Split('[')[0]);
                state.AddModelError(name ?? field, Line(text.StartsWith('"') || words is null ? text : $"{words} {text}"));
            }
        else if (refused.IsStale())
            state.AddModelError("", Changed);
        else if (refused is TooManyResult wait)
            state.AddModelError(field, $"That was often. Wait {Duration.InWords(wait.RetryAfter)}, then try again");
        else
            state.AddModelError(field, Line(((ErrorResult)refused).Error.Description));
    }

    /// <summary>What came in a field of one line: no database takes a zero byte, and nothing that is named here has several lines.</summary>
    public static string Clean(string? text) => string.Concat((text ?? "").Trim().Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>Names that were typed with spaces, commas or line breaks between them.</summary>
    public static IEnumerable<string> Words(string? text) => (text ?? "").Split([' ', ',', ';', '\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries).Select(Clean);

    private static string Line(string text) => text.TrimEnd('.');
}
