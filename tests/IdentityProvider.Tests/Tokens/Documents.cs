using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Tests.Testing;

namespace IdentityProvider.Tests.Tokens;

/// <summary><see cref="TestDocument"/> with further clients, or with changes to those it has.</summary>
internal static class Documents
{
    public static string With(params JsonObject[] clients)
    {
        var document = JsonNode.Parse(TestDocument.Json)!;
        foreach (var client in clients)
            document["clients"]!.AsArray().Add(client);
        return document.ToJsonString();
    }

    /// <summary>Sets one member of a client that is there already.</summary>
    public static string Setting(string json, string clientId, params (string Name, JsonNode Value)[] members)
    {
        var document = JsonNode.Parse(json)!;
        var client = document["clients"]!.AsArray().Single(c => (string?)c!["client_id"] == clientId)!;
        foreach (var (name, value) in members)
            client[name] = value;
        return document.ToJsonString();
    }

    public static JsonObject KeyClient(string clientId, params TestKey[] keys) => JsonSerializer.SerializeToNode(new
    {
        client_id = clientId,
        token_endpoint_auth_method = "private_key_jwt",
        grant_types = new[] { "client_credentials" },
        scope = "notes:read",
        jwks = new { keys = keys.Select(k => k.PublicJwk) },
    })!.AsObject();
}
