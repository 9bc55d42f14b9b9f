using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Setup;

/// <summary>An entry of a document.</summary>
internal sealed record DocumentEntry(SetupKind Kind, JsonObject Said, string File)
{
    public string Name => Kind.NameOf(Said);
}

/// <summary>Documents as people wrote them. The server checks them, under the rules by which it would apply them itself; it never sees a secret for that.</summary>
internal sealed class SetupFiles
{
    private static readonly string[] Secrets = ["client_secret", "password", "password_hash", "secret", "totp_secret"];
    private static readonly string WebhookSecret = "whsec_" + Convert.ToBase64String("kept-by-the-tool-0123456789"u8);
    private static readonly JsonReaderOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 16 };
    private readonly List<(string Path, string Text, JsonObject Document)> files = [];

    public IEnumerable<DocumentEntry> Entries =>
        from file in files
        from kind in SetupKind.All
        from entry in (file.Document[kind.Section] as JsonArray ?? []).OfType<JsonObject>()
        select new DocumentEntry(kind, entry, file.Path);

    public bool HasUsers => files.Exists(file => file.Document["users"] is JsonArray { Count: > 0 } || (file.Document["groups"] as JsonArray ?? []).OfType<JsonObject>().Any(group => group["members"] is not null));

    public IEnumerable<string> RemovedProviders => files.SelectMany(file => file.Document["removed_providers"] as JsonArray ?? []).Select(name => name!.ToString());

    /// <exception cref="ToolException">One cannot be read, or is not JSON.</exception>
    public static async Task<SetupFiles> ReadAsync(Run run, IEnumerable<string> paths)
    {
        var read = new SetupFiles();
        foreach (var path in paths)
        {
            var text = await run.Around.ReadAsync(path, run.Ct);
            read.files.Add((path, text.TrimStart('\uFEFF'), Output.Json.Parse(text.TrimStart('\uFEFF'), path) as JsonObject ?? throw ToolException.Misused($"{path} is not a JSON object.")));
        }

        return read;
    }

    /// <summary>Every problem of all documents together, before anything is written.</summary>
    /// <exception cref="ToolException">There are some.</exception>
    public async Task CheckAsync(AdminApi api)
    {
        var documents = new JsonArray([.. files.Select(file => (JsonNode)new JsonObject { ["name"] = file.Path, ["text"] = WithoutSecrets(file.Text) })]);
        var answer = await api.PostAsync("setup/check", Encoding.UTF8.GetBytes(new JsonObject { ["documents"] = documents }.ToJsonString()), "application/json");
        List<string> problems = [.. (answer.Object["problems"] as JsonArray ?? []).Select(problem => $"{problem!["document"]}:{problem["line"]}: {problem["problem"]}"), .. Unsettable()];
        if (problems.Count > 0)
            throw new ToolException(string.Join('\n', problems));
    }

    private IEnumerable<string> Unsettable() =>
        from entry in Entries
        where entry.Kind == SetupKind.Users
        from name in Secrets
        where entry.Said[name] is not null
        select $"{entry.File}: users \"{entry.Name}\": {name} is the person's own, and is not set over the API. Leave it out, or take people over with idp import.";

    /// <summary>References and secrets as a text that keeps every rule, on as many lines as before: the server says the lines of problems.</summary>
    internal static string WithoutSecrets(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(utf8, Lenient);
        var (result, copied) = (new MemoryStream(), 0);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.GetString() is not { } name || !Secrets.Contains(name) || !reader.Read() || reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.String))
                continue;
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: < 16 })
                continue;
            reader.Skip();
            result.Write(utf8, copied, start - copied);
            copied = (int)reader.BytesConsumed;
            result.Write(Encoding.UTF8.GetBytes($"\"{(name == "secret" ? WebhookSecret : "kept-by-the-tool-0123456789")}\"{new string('\n', utf8.AsSpan(start..copied).Count((byte)'\n'))}"));
        }

        result.Write(utf8, copied, utf8.Length - copied);
        return Encoding.UTF8.GetString(result.ToArray());
    }
}
