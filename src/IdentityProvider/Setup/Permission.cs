using System.Text.RegularExpressions;

namespace IdentityProvider.Setup;

/// <summary>The form of a permission: <c>resource:action[:own|:all]</c>.</summary>
internal static partial class Permission
{
    public static bool IsWellFormed(string text) => text.Length <= 100 && Form().IsMatch(text);

    [GeneratedRegex(@"\A[a-z][a-z0-9_.-]*:[a-z][a-z0-9_.-]*(:(own|all))?\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
