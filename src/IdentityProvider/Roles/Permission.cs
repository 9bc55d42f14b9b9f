using System.Text.RegularExpressions;

namespace IdentityProvider.Roles;

/// <summary>A permission: <c>resource:action[:own|:all]</c>.</summary>
internal static partial class Permission
{
    public const string ReadSessions = "sessions:read", ManageSessions = "sessions:manage", ManageKeys = "keys:manage", ReadProviders = "providers:read", ManageProviders = "providers:manage";

    public static bool IsWellFormed(string text) => text.Length <= 100 && Form().IsMatch(text);

    /// <summary>Does holding the one allow the other? <c>:all</c> implies <c>:own</c> and what is not limited.</summary>
    public static bool Implies(string held, string wanted) => held == wanted
        || (held.EndsWith(":all", StringComparison.Ordinal) && (wanted == held[..^4] || wanted == $"{held[..^4]}:own"));

    /// <summary>Whoever manages something, or does it with everybody's, is an administrator.</summary>
    public static bool IsAdministrative(string permission) =>
        permission.EndsWith(":all", StringComparison.Ordinal) || permission.Split(':')[1] == "manage";

    [GeneratedRegex(@"\A[a-z][a-z0-9_.-]*:[a-z][a-z0-9_.-]*(:(own|all))?\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
