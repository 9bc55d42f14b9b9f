using System.Text.Json.Nodes;
using IdentityProvider.Tool.Output;

namespace IdentityProvider.Tool.Setup;

internal enum SetupAction
{
    Create,
    Change,
    Remove,

    /// <summary>The server has it, and no document names it.</summary>
    Extra,
}

/// <summary>One difference between the documents and the server.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Which one.</param>
/// <param name="Action">What is to be done.</param>
/// <param name="Document">What a document says; null for what is removed or extra.</param>
/// <param name="Server">What the server has; null for what is created.</param>
/// <param name="Fields">Which keys differ.</param>
internal sealed record SetupChange(SetupKind Kind, string Name, SetupAction Action, DocumentEntry? Document, ServerEntry? Server, IReadOnlyList<string> Fields)
{
    /// <summary>What the thing is to be: the document's word, and the server's where the document leaves it.</summary>
    public JsonObject Wanted
    {
        get
        {
            var wanted = SetupPlan.Comparable(Kind, Document!.Said);
            foreach (var name in Kind.LeftAlone.Where(name => !wanted.ContainsKey(name) && Server?.Entry[name] is not null))
                wanted[name] = Server!.Entry[name]!.DeepClone();
            return wanted;
        }
    }

    public override string ToString() => Plain.Text($"{Action switch { SetupAction.Create => "+", SetupAction.Change => "~", SetupAction.Remove => "-", _ => "?" }} {Kind.Section} {Name}{(Fields.Count > 0 ? $": {string.Join(", ", Fields)}" : "")}");

    public JsonObject ToJson()
    {
        var fields = new JsonObject();
        foreach (var name in Fields)
            fields[name] = new JsonObject { ["server"] = Server?.Entry[name]?.DeepClone(), ["document"] = Action == SetupAction.Change ? Wanted[name]?.DeepClone() : null };
        return new JsonObject { ["action"] = Action.ToString().ToLowerInvariant(), ["section"] = Kind.Section, ["name"] = Name, ["fields"] = fields };
    }
}

/// <summary>What the documents say and the server does not.</summary>
internal sealed record SetupPlan(IReadOnlyList<SetupChange> Changes, int Unchanged)
{
    /// <param name="files">The documents.</param>
    /// <param name="state">The server.</param>
    /// <param name="withExtra">Also what no document names.</param>
    public static SetupPlan Of(SetupFiles files, ServerState state, bool withExtra)
    {
        var (changes, unchanged) = (new List<SetupChange>(), 0);
        foreach (var entry in files.Entries)
        {
            var there = state[entry.Kind].GetValueOrDefault(entry.Name);
            var fields = there is null ? [] : Differing(entry.Kind, Comparable(entry.Kind, entry.Said), there.Entry);
            if (there is null)
                changes.Add(new(entry.Kind, entry.Name, SetupAction.Create, entry, null, []));
            else if (fields.Count > 0)
                changes.Add(new(entry.Kind, entry.Name, SetupAction.Change, entry, there, fields));
            else
                unchanged++;
        }

        changes.AddRange(files.RemovedProviders.Where(state[SetupKind.Providers].ContainsKey).Select(name => new SetupChange(SetupKind.Providers, name, SetupAction.Remove, null, state[SetupKind.Providers][name], [])));
        if (withExtra)
            changes.AddRange(Extra(files, state));
        return new(InOrder(changes), unchanged);
    }

    /// <summary>A document's entry as the server's is compared with it: a secret cannot be.</summary>
    public static JsonObject Comparable(SetupKind kind, JsonObject said)
    {
        var copy = (JsonObject)said.DeepClone();
        copy.Remove(kind.Secret);
        return Canonical.Of(kind, copy);
    }

    public static List<string> Differing(SetupKind kind, JsonObject document, JsonObject server) =>
        [.. document.Select(member => member.Key).Union(server.Select(member => member.Key))
            .Where(name => name != kind.Key && !(kind.LeftAlone.Contains(name) && !document.ContainsKey(name)) && !IsSame(name, document[name], server[name]))];

    /// <summary>Members are user names, in which case does not count.</summary>
    private static bool IsSame(string name, JsonNode? document, JsonNode? server) => name == "members" && document is JsonArray wanted && server is JsonArray there
        ? wanted.Select(member => member!.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase).SetEquals(there.Select(member => member!.ToString()))
        : JsonNode.DeepEquals(document, server);

    private static IEnumerable<SetupChange> Extra(SetupFiles files, ServerState state)
    {
        var named = files.Entries.ToLookup(entry => entry.Kind, entry => entry.Name);
        return from kind in SetupKind.All
               where kind != SetupKind.Users || named[kind].Any()
               from pair in state[kind]
               where !pair.Value.Seeded && !named[kind].Contains(pair.Key, kind.Comparer) && !(kind == SetupKind.Providers && files.RemovedProviders.Contains(pair.Key))
               select new SetupChange(kind, pair.Key, SetupAction.Extra, null, pair.Value, []);
    }

    /// <summary>Things before what names them; a group before the one it lies in.</summary>
    private static List<SetupChange> InOrder(List<SetupChange> changes)
    {
        var made = changes.Where(change => change.Kind == SetupKind.Groups && change.Action == SetupAction.Create).ToDictionary(change => change.Name, StringComparer.Ordinal);
        var depths = new Dictionary<string, int>(StringComparer.Ordinal);
        int Depth(string name, int guard) => depths.TryGetValue(name, out var known) ? known
            : depths[name] = guard == 0 || !made.TryGetValue(name, out var change) ? 0 : 1 + (change.Document!.Said["groups"] as JsonArray ?? []).Select(inner => Depth(inner!.ToString(), guard - 1)).DefaultIfEmpty(0).Max();
        return [.. changes.OrderBy(change => Array.IndexOf(SetupKind.All, change.Kind)).ThenBy(change => change.Action).ThenBy(change => made.ContainsKey(change.Name) ? Depth(change.Name, 20) : 0).ThenBy(change => change.Name, StringComparer.Ordinal)];
    }
}
