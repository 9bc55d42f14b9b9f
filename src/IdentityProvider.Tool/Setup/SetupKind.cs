using System.Text.Json.Nodes;
using IdentityProvider.Tool.Commands;

namespace IdentityProvider.Tool.Setup;

/// <summary>A section of a setup document and where the API has it.</summary>
/// <param name="Section">The key of the document.</param>
/// <param name="Resource">Where it is read and written.</param>
/// <param name="Key">The key of an entry that names it.</param>
internal sealed record SetupKind(string Section, Resource Resource, string Key)
{
    /// <summary>What an entry leaves out of these is left as it is; everything else an entry owns.</summary>
    public string[] LeftAlone { get; init; } = [];

    /// <summary>The key of an entry that is written and never read.</summary>
    public string Secret { get; init; } = "client_secret";

    /// <summary>Of names in which case does not count.</summary>
    public bool IgnoresCase { get; init; }

    /// <summary>In the order in which they are made: what is named by others comes first.</summary>
    public static readonly SetupKind[] All =
    [
        new("roles", Resources.Roles, "name"),
        new("apis", Resources.Apis, "identifier"),
        new("scopes", Resources.Scopes, "name"),
        new("providers", Resources.Providers, "name"),
        new("service_accounts", Resources.ServiceAccounts, "name") { LeftAlone = ["roles"], IgnoresCase = true },
        new("clients", Resources.Clients, "client_id"),
        new("webhooks", Resources.Webhooks, "url") { Secret = "secret" },
        new("users", Resources.Users, "username") { LeftAlone = ["email", "email_verified", "name", "roles"], IgnoresCase = true },
        new("groups", Resources.Groups, "name") { LeftAlone = ["members"] },
    ];

    public static readonly SetupKind Users = All.Single(kind => kind.Section == "users"), Clients = All.Single(kind => kind.Section == "clients"), Providers = All.Single(kind => kind.Section == "providers");

    public static readonly SetupKind Groups = All.Single(kind => kind.Section == "groups"), ServiceAccounts = All.Single(kind => kind.Section == "service_accounts"), Webhooks = All.Single(kind => kind.Section == "webhooks");

    public StringComparer Comparer => IgnoresCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    public string NameOf(JsonObject entry) => entry[Key]?.ToString() ?? "";
}
