using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Clients;

/// <summary>The identity scopes that are always there, and how a scope may be called.</summary>
internal static class ScopeNames
{
    public const string OfflineAccess = "offline_access";

    /// <summary>OpenID Connect Core 1.0 sections 5.4 and 11, and our own for roles and administration. They have no rows.</summary>
    public static readonly IReadOnlyList<string> BuiltIn = [.. StandardScopes.All.Select(scope => scope.Name)];

    /// <summary>RFC 6749 appendix A.4.</summary>
    public static string? Unfit(string name)
    {
        if (name.Length is 0 or > 100)
            return $"has {name.Length} characters. Give 1 to 100.";
        return name.Any(c => c is <= ' ' or > '~' or '"' or '\\') ? "has a space, a quote, a backslash or a character outside ASCII. Remove it." : null;
    }

    /// <summary>What is wrong with the name of a scope that somebody describes.</summary>
    public static IEnumerable<Problem> Problems(string name)
    {
        if (Unfit(name) is { } text)
            yield return new Problem("name", text);
        if (BuiltIn.Contains(name))
            yield return new Problem("name", $"\"{name}\" is a scope that is always there. Choose another name.");
    }
}
