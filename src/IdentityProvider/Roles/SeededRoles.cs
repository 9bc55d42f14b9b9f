namespace IdentityProvider.Roles;

/// <summary>The roles that are always there. A document or an administrator may change what they permit; nobody gets more than the name promises.</summary>
internal static class SeededRoles
{
    public const string User = "user", Moderator = "moderator", Admin = "admin";

    public static readonly IReadOnlyDictionary<string, string[]> Permissions = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        [User] = [],
        [Moderator] = [Permission.ReadUsers, Permission.ReadSessions],
        [Admin] =
        [
            Permission.ManageApiKeys, Permission.ReadApiKeys, Permission.ManageApis, Permission.ReadApis, Permission.ReadAudit, Permission.ManageClients, Permission.ReadClients,
            Permission.ManageConsents, Permission.ReadConsents, Permission.ManageGrants, Permission.ReadGrants, Permission.ManageKeys, Permission.ReadKeys,
            Permission.ManageProviders, Permission.ReadProviders, Permission.ManageRoles, Permission.ReadRoles, Permission.ManageSessions, Permission.ReadSessions,
            Permission.ReadSettings, Permission.ReadStatistics, Permission.ManageServiceAccounts, Permission.ReadServiceAccounts, Permission.ManageUsers, Permission.ReadUsers, Permission.ImpersonateUsers,
            Permission.ManageWebhooks, Permission.ReadWebhooks,
        ],
    };
}
