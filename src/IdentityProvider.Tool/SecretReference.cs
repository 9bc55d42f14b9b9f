using System.Text.Json.Nodes;

namespace IdentityProvider.Tool;

/// <summary>Fetches a secret that a document only points to: <c>{ "env": "NAME" }</c>, or <c>{ "file": "path" }</c> relative to the document.</summary>
internal static class SecretReference
{
    /// <exception cref="ToolException">It leads nowhere.</exception>
    public static async Task<string> ResolveAsync(JsonObject reference, string place, string document, Surroundings around, CancellationToken ct)
    {
        if (reference is not { Count: 1 } || (reference["env"] ?? reference["file"]) is not JsonValue value || !value.TryGetValue<string>(out var name))
            throw ToolException.Misused($"{place} is not a reference to a secret. Write {{ \"env\": \"NAME\" }} or {{ \"file\": \"path\" }}.");
        if (reference.ContainsKey("env"))
            return around.Given(name) ?? throw ToolException.Misused($"{place}: the environment variable {name} is not set.");
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(document == "-" ? "." : document)) ?? "", name);
        return (await around.ReadAsync(path, ct)).TrimEnd('\r', '\n') is { Length: > 0 } secret ? secret : throw ToolException.Misused($"{place}: {path} is empty.");
    }
}
