using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace IdentityProvider.Platform.Http;

/// <summary>What went wrong with a form, in the order of its fields: the state itself is sorted by name.</summary>
internal sealed class ErrorSummary(ModelStateDictionary state, params string[] fields)
{
    public bool IsEmpty => state.IsValid;

    /// <summary>The field is null when the error belongs to none that the page shows.</summary>
    public IEnumerable<(string? Field, string Message)> Errors =>
        from entry in state
        let place = Array.FindIndex(fields, name => string.Equals(name, entry.Key, StringComparison.OrdinalIgnoreCase))
        orderby place
        from error in entry.Value.Errors
        select (place < 0 ? null : fields[place], error.ErrorMessage);
}
