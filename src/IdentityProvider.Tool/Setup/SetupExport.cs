using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Output;

namespace IdentityProvider.Tool.Setup;

/// <summary>A server's configuration as one document. The same configuration is the same bytes, wherever it was read.</summary>
internal static class SetupExport
{
    public static string Write(ServerState state)
    {
        var document = new JsonObject { ["$schema"] = "./setup.schema.json" };
        foreach (var section in SetupSchema.Sections)
        {
            if (SetupKind.All.SingleOrDefault(kind => kind.Section == section) is not { } kind || state[kind].Count == 0)
                continue;
            var names = EnvironmentNames(kind, state[kind].Keys);
            document[section] = new JsonArray([.. state[kind].OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (JsonNode)WithSecret(kind, pair.Value, names[pair.Key]))]);
        }

        return Json.Text(document) + "\n";
    }

    private static JsonObject WithSecret(SetupKind kind, ServerEntry entry, string variable)
    {
        var said = (JsonObject)entry.Entry.DeepClone();
        if (!entry.HasSecret)
            return said;
        said[kind.Secret] = new JsonObject { ["env"] = variable };

        // In its place, which is not the end.
        var ordered = new JsonObject();
        foreach (var (name, _) in SetupSchema.EntryOf(kind.Section)["properties"]!.AsObject())
            if (said[name] is { } value)
                ordered[name] = value.DeepClone();
        return ordered;
    }

    /// <summary>CLIENT_WEB_SECRET for the client web. Names that only differ in what a variable cannot have get a few digits of their digest.</summary>
    private static Dictionary<string, string> EnvironmentNames(SetupKind kind, IEnumerable<string> names)
    {
        var prefix = kind == SetupKind.Providers ? "PROVIDER" : kind == SetupKind.Webhooks ? "WEBHOOK" : "CLIENT";
        var derived = names.ToDictionary(name => name, name => $"{prefix}_{string.Concat(name[(name.IndexOf("://", StringComparison.Ordinal) is >= 0 and var at && kind == SetupKind.Webhooks ? at + 3 : 0)..].Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'))}");
        var counts = derived.Values.GroupBy(variable => variable).ToDictionary(group => group.Key, group => group.Count());
        return derived.ToDictionary(pair => pair.Key, pair => $"{pair.Value}{(counts[pair.Value] > 1 ? $"_{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(pair.Key)))[..6]}" : "")}_SECRET");
    }
}
