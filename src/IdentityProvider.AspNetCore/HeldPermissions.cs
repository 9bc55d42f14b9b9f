using System.Security.Claims;
using System.Text.RegularExpressions;

namespace IdentityProvider.AspNetCore;

/// <summary>
/// What an access token says its bearer may do: the claim <c>permissions</c>, an array of <c>resource:action[:own|:all]</c>. The server
/// puts in what the person holds, of what the API registered, when a scope that stands for it was granted.
/// </summary>
public static partial class HeldPermissions
{
    /// <summary>The name of the claim.</summary>
    public const string ClaimType = "permissions";

    private const string Own = ":own", All = ":all";

    /// <summary>
    /// Does the caller hold the permission? <c>notes:delete:all</c> implies <c>notes:delete:own</c> and <c>notes:delete</c>; nothing else
    /// implies anything.
    /// </summary>
    /// <param name="caller">The principal of the access token.</param>
    /// <param name="permission"><c>resource:action</c>, optionally with <c>:own</c> or <c>:all</c>.</param>
    public static bool HasPermission(this ClaimsPrincipal caller, string permission)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(permission);
        return caller.FindAll(ClaimType).Any(held => Implies(held.Value, permission));
    }

    /// <summary>
    /// May the caller do this with an object of <paramref name="ownerId"/>? <c>:all</c> opens anybody's object, <c>:own</c> only one whose
    /// owner is the token's <c>sub</c>. A permission without suffix says nothing of owners and opens none; an object without owner is nobody's own.
    /// </summary>
    /// <param name="caller">The principal of the access token.</param>
    /// <param name="permission"><c>resource:action</c>; with <c>:all</c> the owner does not count.</param>
    /// <param name="ownerId">The <c>sub</c> of whoever owns the object; null: nobody.</param>
    public static bool HasPermission(this ClaimsPrincipal caller, string permission, string? ownerId)
    {
        ArgumentNullException.ThrowIfNull(caller);
        ArgumentNullException.ThrowIfNull(permission);
        var action = permission.EndsWith(Own, StringComparison.Ordinal) || permission.EndsWith(All, StringComparison.Ordinal) ? permission[..^4] : permission;
        return caller.HasPermission(action + All)
            || (!permission.EndsWith(All, StringComparison.Ordinal) && ownerId is { Length: > 0 } && SubjectOf(caller) == ownerId && caller.HasPermission(action + Own));
    }

    internal static bool Implies(string held, string wanted) => held == wanted
        || (held.EndsWith(All, StringComparison.Ordinal) && (wanted == held[..^4] || wanted == held[..^4] + Own));

    /// <summary>A typing mistake in a permission refuses everybody for ever: it is found when the route is mapped.</summary>
    internal static string WellFormed(string permission) => permission?.Length <= 100 && Form().IsMatch(permission)
        ? permission
        : throw new ArgumentException($"\"{permission}\" is not a permission. Write resource:action in lower case, optionally with :own or :all.", nameof(permission));

    /// <summary>JwtBearer renames sub unless MapInboundClaims is off.</summary>
    internal static string? SubjectOf(ClaimsPrincipal caller) => (caller.FindFirst("sub") ?? caller.FindFirst(ClaimTypes.NameIdentifier))?.Value;

    [GeneratedRegex(@"\A[a-z][a-z0-9_.-]*:[a-z][a-z0-9_.-]*(:(own|all))?\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
