using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// The errors of a form by field. A field's <c>name</c>, its <c>id</c> and the key of its errors are one small-letter word;
/// its error stands in <c>{name}-error</c>. An error under "" belongs to no field.
/// </summary>
internal static class FieldErrors
{
    public static string? ErrorOf(this ModelStateDictionary state, string field) =>
        state.TryGetValue(field, out var entry) && entry.Errors.Count > 0 ? entry.Errors[0].ErrorMessage : null;

    /// <summary>For <c>aria-invalid</c>: null leaves the attribute out, since an empty one counts as set for some readers.</summary>
    public static string? InvalidFlag(this ModelStateDictionary state, string field) => state.ErrorOf(field) is null ? null : "true";

    /// <summary>For <c>aria-describedby</c>: the hint, if there is one, then the error.</summary>
    public static string? DescribedBy(this ModelStateDictionary state, string field, bool hint = false) =>
        (hint, state.ErrorOf(field)) switch
        {
            (true, null) => $"{field}-hint",
            (true, _) => $"{field}-hint {field}-error",
            (false, null) => null,
            (false, _) => $"{field}-error",
        };
}
