namespace IdentityProvider.Platform.Http;

/// <summary>
/// A page only the person it is about sees. Whoever comes without a session, or with one that lacks a second factor, goes
/// through the same questions as for a client and then returns here: the room Authorize sees to it, and no page can forget it.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SignedInPageAttribute : Attribute;

/// <summary>
/// Changes what protects the account, so a session somebody left open is not enough: the person must have proven who they
/// are at most <see cref="MaxAge"/> ago (ASVS 7.5.1). On a page it holds for all of it, on a handler for that one.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class FreshSignInAttribute : Attribute
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);
}

/// <summary>
/// Only for those who hold the permission at the time of the request, and have given two factors in this session; on a page for all
/// of it, on a handler for that one.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class PermissionAttribute(string permission) : Attribute
{
    public string Permission => permission;
}
