using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Setup;

/// <summary>A thing on the server as a document would say it.</summary>
/// <param name="Entry">In canonical form.</param>
/// <param name="Id">What paths call it.</param>
/// <param name="HasSecret">There is a secret, which nobody can read.</param>
/// <param name="Seeded">It is there on every server.</param>
internal sealed record ServerEntry(JsonObject Entry, string Id, bool HasSecret, bool Seeded);

/// <summary>The configuration of a server, read through the API.</summary>
internal sealed class ServerState
{
    private readonly Dictionary<SetupKind, SortedDictionary<string, ServerEntry>> entries = [];

    public SortedDictionary<string, ServerEntry> this[SetupKind kind] => entries[kind];

    /// <param name="api">The server.</param>
    /// <param name="withUsers">People and memberships too, which are no configuration.</param>
    public static async Task<ServerState> ReadAsync(AdminApi api, bool withUsers)
    {
        var state = new ServerState();
        foreach (var kind in SetupKind.All)
        {
            var read = new SortedDictionary<string, ServerEntry>(kind.Comparer);
            if (kind != SetupKind.Users || withUsers)
                foreach (var row in (await api.ListAsync(kind.Resource.Path, kind.Resource.Member)).Rows)
                    Add(read, kind, await EntryAsync(api, kind, row, withUsers));
            state.entries[kind] = read;
        }

        return state;
    }

    /// <summary>One thing as it is now, with the tag by which it is changed.</summary>
    public static async Task<(ServerEntry Entry, ApiAnswer Answer)> FindAsync(AdminApi api, SetupKind kind, string id, bool withUsers)
    {
        var answer = await api.GetAsync($"{kind.Resource.Path}/{AdminApi.Segment(id)}");
        return (await EntryAsync(api, kind, answer.Object, withUsers), answer);
    }

    public static async Task<List<string>> RolesAsync(AdminApi api, string sub) =>
        [.. ((await api.GetAsync($"users/{AdminApi.Segment(sub)}/roles")).Object["roles"] as JsonArray ?? []).Select(role => role!.ToString())];

    private static void Add(SortedDictionary<string, ServerEntry> read, SetupKind kind, ServerEntry entry)
    {
        // Who has no user name cannot be named by a document.
        if (kind.NameOf(entry.Entry) is { Length: > 0 } name)
            read[name] = entry;
    }

    private static async Task<ServerEntry> EntryAsync(AdminApi api, SetupKind kind, JsonObject row, bool withUsers)
    {
        var (said, id) = ((JsonObject)row.DeepClone(), row[kind.Resource.Key]!.ToString());
        if (kind == SetupKind.Users)
            said["username"] = row["preferred_username"]?.ToString();
        if (kind == SetupKind.Users || kind == SetupKind.ServiceAccounts)
            said["roles"] = List(await RolesAsync(api, id));
        if (kind == SetupKind.Groups && withUsers)
            said["members"] = List((await api.ListAsync($"groups/{AdminApi.Segment(id)}/members", "members")).Rows.Select(member => member["preferred_username"]?.ToString()).OfType<string>());
        said.Remove(kind.Secret);
        var hasSecret = kind == SetupKind.Webhooks || (kind == SetupKind.Providers ? row["has_client_secret"]?.GetValue<bool>() == true : row["token_endpoint_auth_method"]?.ToString() is "client_secret_basic" or "client_secret_post");
        return new(Canonical.Of(kind, said), id, hasSecret, row["seeded"]?.GetValue<bool>() == true);
    }

    private static JsonArray List(IEnumerable<string> names) => new([.. names.Select(name => (JsonNode)name)]);
}
