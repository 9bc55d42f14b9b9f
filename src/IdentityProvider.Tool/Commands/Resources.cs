using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Commands;

/// <summary>What there is to administer.</summary>
internal static class Resources
{
    public static readonly Resource Users = new("users", "users", "person", "preferred_username", "name", "email", "disabled", "sub")
    {
        Key = "sub",
        CreatedBy = "preferred_username",
        KeyWords = "Their user name, address or subject.",
        Resolve = (api, typed) => SubAsync(api, typed),
        Filters = [("--search", "search", "The beginning of a user name, an address, a name, or of a subject."), ("--state", "state", "active or disabled."), ("--role", "role", "Who holds this role."), ("--sort", "sort", "created, username or email; with a minus the other way round.")],
    };

    public static readonly Resource Clients = new("clients", "clients", "client", "client_id", "client_name", "token_endpoint_auth_method", "grant_types")
    {
        Key = "client_id",
        CreatedBy = "client_id",
        KeyWords = "Its client_id.",
        Filters = [("--search", "search", "The beginning of a client_id.")],
    };

    public static readonly Resource Roles = new("roles", "roles", "role", "name", "permissions", "seeded") { Told = ["seeded"] };

    public static readonly Resource Groups = new("groups", "groups", "group", "name", "description", "roles", "groups");

    public static readonly Resource Apis = new("apis", "apis", "API", "identifier", "display_name", "roles") { Key = "identifier", CreatedBy = "identifier", KeyWords = "Its identifier." };

    public static readonly Resource Scopes = new("scopes", "scopes", "identity scope", "name", "description", "claims");

    public static readonly Resource Providers = new("providers", "providers", "sign-in provider", "name", "kind", "display_name", "issuer", "enabled");

    public static readonly Resource Webhooks = new("webhooks", "webhooks", "webhook", "id", "url", "events", "enabled", "disabled_reason") { Key = "id", CreatedBy = null, KeyWords = "Its id." };

    public static readonly Resource ServiceAccounts = new("service-accounts", "service_accounts", "service account", "name", "description", "disabled", "sub")
    {
        Key = "sub",
        Told = ["sub", "created_at", "roles", "clients"],
        KeyWords = "Its name or subject.",
        Resolve = AccountAsync,
    };

    public static readonly Resource Sessions = new("sessions", "sessions", "session", "sid", "preferred_username", "browser", "ip", "place", "last_seen_at", "expires_at")
    {
        Key = "sid",
        KeyWords = "Its sid.",
        Filters = [("--user", "user", "A user name, an address or a subject."), ("--client", "client_id", "A client_id."), ("--ip", "ip", "A whole IP address.")],
    };

    public static readonly Resource ApiKeys = new("api-keys", "keys", "API key", "id", "name", "shown", "status", "scope", "expires_at", "last_used_at", "sub")
    {
        Key = "id",
        KeyWords = "Its id.",
        Filters = [("--user", "user", "A user name, an address or a subject.")],
    };

    public static readonly Resource SigningKeys = new("keys", "keys", "signing key", "kid", "alg", "state", "signs_from", "signs_until", "published_until");

    public static readonly Resource Grants = new("grants", "grants", "grant", "id", "client_id", "sub", "scopes", "created_at")
    {
        Key = "id",
        KeyWords = "Its id.",
        Filters = [("--sub", "sub", "A subject."), ("--client", "client_id", "A client_id.")],
    };

    public static readonly Resource Consents = Grants with { Path = "consents", Member = "consents", One = "consent", Columns = ["id", "client_id", "sub", "scopes", "granted_at"] };

    public static readonly Resource Audit = new("audit", "records", "record", "sequence", "at", "name", "result", "actor", "target", "client_id", "ip")
    {
        Filters =
        [
            ("--name", "name", "The event, several with commas between, or roles.* for all that begin so."), ("--actor", "actor", "The id of who did it."), ("--target", "target", "The id of what it was done to."),
            ("--client", "client_id", "A client_id."), ("--session", "session", "A session."), ("--ip", "ip", "A whole IP address."), ("--result", "result", "done, refused or failed."),
            ("--from", "from", "Not older: 2026-01-31T00:00:00Z."), ("--to", "to", "Older."),
            ("--error", "error_id", "An error id or a trace id."),
        ],
    };

    /// <summary>User names and addresses are one set, and the search finds their beginnings.</summary>
    public static async Task<string> SubAsync(AdminApi api, string typed)
    {
        if (Guid.TryParse(typed, out _))
            return typed;
        var (found, _) = await api.ListAsync(AdminApi.Query(Users.Path, ("search", typed)), Users.Member, most: 2000);
        return Sub(found.Find(user => Same(user["preferred_username"], typed) || Same(user["email"], typed)), typed, "nobody of this user name or address");
    }

    public static async Task<string> AccountAsync(AdminApi api, string typed)
    {
        if (Guid.TryParse(typed, out _))
            return typed;
        var (found, _) = await api.ListAsync(ServiceAccounts.Path, ServiceAccounts.Member);
        return Sub(found.Find(account => Same(account["name"], typed)), typed, "no service account of this name");
    }

    private static string Sub(JsonObject? found, string typed, string missing) => found?["sub"]?.ToString() ?? throw new ToolException($"\"{typed}\": there is {missing}.");

    private static bool Same(JsonNode? name, string typed) => string.Equals(name?.ToString(), typed, StringComparison.OrdinalIgnoreCase);
}
