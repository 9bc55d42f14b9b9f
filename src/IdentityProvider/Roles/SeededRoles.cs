namespace IdentityProvider.Roles;

/// <summary>The roles that are always there. A document or an administrator may change what they permit; nobody gets more than the name promises.</summary>
internal static class SeededRoles
{
    public const string User = "user", Moderator = "moderator", Admin = "admin";

    public static readonly IReadOnlyDictionary<string, string[]> Permissions = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        [User] = [],
        [Moderator] = ["users:read", Permission.ReadSessions],
        [Admin] =
        [
            Permission.ManageApiKeys, Permission.ReadApiKeys, "clients:manage", Permission.ManageKeys, Permission.ManageProviders, Permission.ReadProviders,
            Permission.ManageRoles, Permission.ReadRoles, Permission.ManageServiceAccounts, Permission.ReadServiceAccounts, Permission.ManageSessions, Permission.ReadSessions, "users:manage", "users:read",
        ],
    };
}
