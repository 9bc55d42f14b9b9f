using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Roles;

/// <summary>What is wrong with permissions that somebody wrote down, by their place in the list.</summary>
internal static class PermissionRules
{
    /// <summary>Of a role.</summary>
    public static IEnumerable<Problem> Held(IEnumerable<string> permissions) => Broken(
        permissions, Permission.IsWellFormed, "is not a permission. Write resource:action in lower case, optionally with :own or :all.");

    /// <summary>Of a scope, which may stand for all that there is of a resource.</summary>
    public static IEnumerable<Problem> Told(IEnumerable<string> permissions) => Broken(
        permissions, text => Permission.IsWellFormed(text) || Permission.IsResource(text),
        "is neither a permission nor a resource. Write resource or resource:action in lower case, the latter optionally with :own or :all.");

    private static IEnumerable<Problem> Broken(IEnumerable<string> permissions, Func<string, bool> isRight, string words) =>
        permissions.Select((text, i) => (text, i)).Where(permission => !isRight(permission.text)).Select(permission => new Problem($"permissions[{permission.i}]", $"\"{Constraints.Shown(permission.text)}\" {words}"));
}
