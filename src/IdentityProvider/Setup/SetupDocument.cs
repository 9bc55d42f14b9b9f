using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Webhooks;

namespace IdentityProvider.Setup;

/// <summary>
/// A deployment in one document. Names are those of RFC 7591 where they exist, in snake case. What a document names it owns;
/// what it does not name is left alone. A secret may be a reference: { "env": "NAME" } or { "file": "path" }.
/// </summary>
internal sealed class SetupDocument
{
    /// <summary>The JSON Schema, for editors.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    /// <summary>The relying parties.</summary>
    public List<ClientMetadata> Clients { get; set; } = [];

    /// <summary>The protected resources (RFC 8707) and their scopes.</summary>
    public List<ApiMetadata> Apis { get; set; } = [];

    /// <summary>Identity scopes beyond openid, profile, email, phone, address, roles, offline_access, urn:identityprovider:admin with its areas and urn:identityprovider:api-keys, which are always there.</summary>
    public List<IdentityScopeMetadata> Scopes { get; set; } = [];

    /// <summary>Servers elsewhere that people may sign in with.</summary>
    public List<ProviderMetadata> Providers { get; set; } = [];

    /// <summary>
    /// Names of providers to delete, with everything people connected and the roles that followed from them (at most 100). Leaving a provider
    /// out of providers leaves it alone.
    /// </summary>
    [MaxLength(100)]
    public List<string> RemovedProviders { get; set; } = [];

    /// <summary>Roles; user, moderator and admin are made when missing.</summary>
    public List<RoleEntry> Roles { get; set; } = [];

    /// <summary>Groups of people, and of groups, who hold roles together.</summary>
    public List<GroupEntry> Groups { get; set; } = [];

    /// <summary>Accounts of programs: nobody signs in as one. Clients act for them (service_account), and administrators make keys for them.</summary>
    public List<ServiceAccountEntry> ServiceAccounts { get; set; } = [];

    /// <summary>Servers that are told of what is audited, each with an address of its own; at most 20 with those that are there.</summary>
    [MaxLength(WebhookChanges.Most)]
    public List<WebhookInput> Webhooks { get; set; } = [];

    /// <summary>People. What is left out of an entry is left to the person.</summary>
    public List<UserEntry> Users { get; set; } = [];
}

/// <summary>A named set of permissions.</summary>
internal sealed class RoleEntry
{
    /// <summary>The name users are given it by.</summary>
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    /// <summary>All permissions of the role: resource:action, optionally with :own or :all.</summary>
    [MaxLength(500)]
    public List<string> Permissions { get; set; } = [];
}

/// <summary>A group; who is in a group in it is in it, too.</summary>
internal sealed class GroupEntry
{
    /// <summary>The name it is put into others by.</summary>
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    /// <summary>Who or what it is for.</summary>
    [MaxLength(200)]
    public string? Description { get; set; }

    /// <summary>All roles its members hold through it.</summary>
    [MaxLength(100)]
    public List<string> Roles { get; set; } = [];

    /// <summary>All groups that lie in it, at most ten one in the other: their members hold its roles, too.</summary>
    [MaxLength(GroupGraph.MostInner)]
    public List<string> Groups { get; set; } = [];

    /// <summary>The usernames of all its own members; left out, they are left alone.</summary>
    [MaxLength(10_000)]
    public List<string>? Members { get; set; }
}

/// <summary>An account of programs.</summary>
internal sealed class ServiceAccountEntry
{
    /// <summary>What clients and groups name it by; no other account, of a person or a program, has it.</summary>
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    /// <summary>What it is for.</summary>
    [MaxLength(200)]
    public string? Description { get; set; }

    /// <summary>All roles it holds by itself; left out, they are left alone.</summary>
    [MaxLength(100)]
    public List<string>? Roles { get; set; }
}

/// <summary>A person.</summary>
internal sealed class UserEntry
{
    /// <summary>What the person signs in with; case does not count.</summary>
    [Required, MaxLength(256)]
    public string Username { get; set; } = "";

    /// <summary>The mail address; the person may sign in with it too.</summary>
    [MaxLength(254)]
    public string? Email { get; set; }

    /// <summary>The address was proven.</summary>
    public bool? EmailVerified { get; set; }

    /// <summary>The full name.</summary>
    [MaxLength(256)]
    public string? Name { get; set; }

    /// <summary>The password in clear, best by reference. Set whenever the stored one differs.</summary>
    [Secret, StringLength(256, MinimumLength = 1)]
    public string? Password { get; set; }

    /// <summary>A hash from another system (Argon2id, bcrypt, ASP.NET Core Identity). Taken over once: a later sign-in may replace it with a better one.</summary>
    [Secret, StringLength(256, MinimumLength = 1)]
    public string? PasswordHash { get; set; }

    /// <summary>An authenticator app's secret in base32, 128 bits or more; enrolled at once.</summary>
    [Secret, StringLength(128, MinimumLength = 1)]
    public string? TotpSecret { get; set; }

    /// <summary>All roles the person holds, beside those that follow from a provider's role_rules.</summary>
    [MaxLength(100)]
    public List<string>? Roles { get; set; }
}
