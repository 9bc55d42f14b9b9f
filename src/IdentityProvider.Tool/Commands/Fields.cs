using System.CommandLine;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Output;

namespace IdentityProvider.Tool.Commands;

/// <summary>What a thing is to be like: a file with a JSON object, single members, or both.</summary>
internal sealed class Fields
{
    private static readonly string[] Secrets = ["client_secret", "password", "password_hash", "totp_secret"];

    private readonly Option<string?> file = new("--file") { Description = "A JSON object, - for standard input. A secret may be { \"env\": \"NAME\" } or { \"file\": \"path\" }.", HelpName = "file" };

    private readonly Option<string[]> set = new("--set")
    {
        Description = "A member: name=text, or name:=JSON (disabled:=true, redirect_uris:='[\"https://...\"]'). Once for each.",
        HelpName = "name=value",
        DefaultValueFactory = _ => [],
    };

    public void AddTo(Command command)
    {
        command.Add(file);
        command.Add(set);
    }

    /// <param name="run">Has the arguments.</param>
    /// <param name="now">What there is, which single members are changed of; a file says everything.</param>
    public async Task<JsonObject> ReadAsync(Run run, JsonObject? now = null)
    {
        var fields = now is null ? [] : (JsonObject)now.DeepClone();
        if (run.Get(file) is { } path)
            fields = Json.Parse(await run.Around.ReadAsync(path, run.Ct), path) as JsonObject ?? throw ToolException.Misused($"{path} is not a JSON object.");
        else if (run.Get(set)!.Length == 0 && now is not null)
            throw ToolException.Misused("Say what changes, with --set or --file.");
        foreach (var member in run.Get(set)!)
            Set(fields, member);
        foreach (var name in Secrets.Where(name => fields[name] is JsonObject))
            fields[name] = await SecretReference.ResolveAsync((JsonObject)fields[name]!, name, run.Get(file)!, run.Around, run.Ct);
        return fields;
    }

    private static void Set(JsonObject fields, string member)
    {
        var at = member.IndexOf('=', StringComparison.Ordinal);
        if (at <= 0 || member.StartsWith(":=", StringComparison.Ordinal))
            throw ToolException.Misused($"\"{member}\" is not name=text or name:=JSON.");
        var isJson = member[at - 1] == ':';
        var name = member[..(isJson ? at - 1 : at)];
        if (Secrets.Contains(name))
            throw ToolException.Misused($"{name} on the command line would stand in the list of processes and the shell's history. Give it in a --file, by reference.");
        fields[name] = isJson ? Json.Parse(member[(at + 1)..], name) : member[(at + 1)..];
    }
}
