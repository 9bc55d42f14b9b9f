using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using IdentityProvider.Clients;

namespace IdentityProvider.Admin.Clients;

/// <summary>A client as a setup document says it, in the words of RFC 7591: what has its default is left out, and a secret is a reference.</summary>
internal static class ClientDocument
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
    private static readonly JsonSerializerOptions Lines = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static string Of(ClientMetadata metadata)
    {
        var entry = new JsonObject { ["client_id"] = metadata.ClientId };
        if (metadata.TokenEndpointAuthMethod is "client_secret_basic" or "client_secret_post")
            entry["client_secret"] = new JsonObject { ["env"] = Variable(metadata.ClientId) };
        var (said, usual) = (Node(metadata), Node(new ClientMetadata()));
        foreach (var (name, value) in said.Where(member => !entry.ContainsKey(member.Key) && !JsonNode.DeepEquals(member.Value, usual[member.Key])))
            entry[name] = value?.DeepClone();
        return new JsonObject { ["clients"] = new JsonArray(entry) }.ToJsonString(Lines);
    }

    /// <summary>Which facts differ, by their outside names, with those of the first.</summary>
    public static IEnumerable<(string Name, string Value)> Differences(ClientMetadata mine, ClientMetadata theirs)
    {
        var (ours, others) = (Node(mine), Node(theirs));
        return ours.Where(member => !JsonNode.DeepEquals(member.Value, others[member.Key])).Select(member => (member.Key, Shown(member.Value)));
    }

    /// <summary>As <c>idp export</c> names it.</summary>
    private static string Variable(string clientId) => $"CLIENT_{string.Concat(clientId.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'))}_SECRET";

    /// <summary>response_types follows grant_types, and the secret is nobody's to read.</summary>
    private static JsonObject Node(ClientMetadata metadata)
    {
        var node = JsonSerializer.SerializeToNode(metadata, Names)!.AsObject();
        node.Remove("response_types");
        node.Remove("client_secret");
        return node;
    }

    private static string Shown(JsonNode? value) => value switch
    {
        null => "none",
        JsonArray { Count: 0 } => "none",
        JsonArray list => string.Join(", ", list.Select(Shown)),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => text.GetValue<string>() is { Length: > 0 } words ? words : "none",
        _ => value.ToJsonString(Lines),
    };
}
