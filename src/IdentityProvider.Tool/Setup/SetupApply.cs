using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;
using IdentityProvider.Tool.Commands;

namespace IdentityProvider.Tool.Setup;

/// <summary>
/// Makes the server what the documents say, thing by thing: the API has no transaction over all of them. What was cut short is finished by
/// running it again, because what is there already is no difference.
/// </summary>
internal sealed class SetupApply(Run run, AdminApi api, bool withUsers)
{
    private readonly Dictionary<SetupChange, string> secrets = [];

    /// <summary>Looks secrets up that will be sent, before the first thing is written.</summary>
    /// <exception cref="ToolException">Some lead nowhere.</exception>
    public async Task ResolveAsync(IEnumerable<SetupChange> changes)
    {
        var problems = new List<string>();
        foreach (var change in changes.Where(change => change.Document?.Said[change.Kind.Secret] is not null && (change.Action == SetupAction.Create || change.Kind == SetupKind.Providers)))
        {
            var (said, place) = (change.Document!.Said[change.Kind.Secret]!, $"{change.Kind.Section} \"{change.Name}\"");
            try
            {
                secrets[change] = said is JsonObject reference ? await SecretReference.ResolveAsync(reference, place, change.Document.File, run.Around, run.Ct) : said.ToString();
            }
            catch (ToolException missing) when (change.Action == SetupAction.Create)
            {
                problems.Add($"{change.Document.File}: {missing.Message}");
            }
            catch (ToolException)
            {
                // A provider keeps the secret it has, unless the server wants it anew, and then says so.
            }
        }

        if (problems.Count > 0)
            throw new ToolException(string.Join('\n', problems));
    }

    public async Task OneAsync(SetupChange change)
    {
        switch (change.Action)
        {
            case SetupAction.Create:
                await CreateAsync(change);
                break;
            case SetupAction.Change:
                await ChangeAsync(change);
                break;
            case SetupAction.Remove:
                var path = $"{change.Kind.Resource.Path}/{AdminApi.Segment(change.Server!.Id)}";
                await api.SendAsync(HttpMethod.Delete, path, tag: (await api.GetAsync(path)).Tag);
                break;
            default:
                throw new InvalidOperationException("What no document names is left alone.");
        }
    }

    private async Task CreateAsync(SetupChange change)
    {
        var wanted = change.Wanted;
        var body = Body(change, wanted);
        if (secrets.TryGetValue(change, out var secret))
            body[change.Kind.Secret] = secret;
        var made = await api.SendAsync(HttpMethod.Post, change.Kind.Resource.Path, body);
        var id = (made.Body as JsonObject)?[change.Kind.Resource.Key]?.ToString();
        await RestAsync(change, wanted, id ?? $"({change.Name})", isNew: true);
    }

    private async Task ChangeAsync(SetupChange change)
    {
        var (now, answer) = await ServerState.FindAsync(api, change.Kind, change.Server!.Id, withUsers);
        if (!JsonNode.DeepEquals(now.Entry, change.Server.Entry))
            throw new ToolException($"{change.Kind.Section} \"{change.Name}\" was changed by somebody else in the meantime. Run the command again.");
        var wanted = change.Wanted;
        var body = Body(change, wanted);
        if (change.Kind == SetupKind.Users)
            body = Person(answer.Object, Body(change, SetupPlan.Comparable(change.Kind, change.Document!.Said)));
        if (change.Kind == SetupKind.ServiceAccounts)
            body["disabled"] = answer.Object["disabled"]?.DeepClone();
        if (secrets.TryGetValue(change, out var secret))
            body[change.Kind.Secret] = secret;
        if (change.Fields.Any(field => field is not ("members" or "roles")) || (change.Kind != SetupKind.Users && change.Kind != SetupKind.ServiceAccounts && change.Fields.Contains("roles")))
            await api.SendAsync(HttpMethod.Put, $"{change.Kind.Resource.Path}/{AdminApi.Segment(change.Server.Id)}", body, answer.Tag);
        await RestAsync(change, wanted, change.Server.Id, isNew: false);
    }

    /// <summary>What the API has at addresses of its own: the roles of an account, the members of a group.</summary>
    private async Task RestAsync(SetupChange change, JsonObject wanted, string id, bool isNew)
    {
        if ((change.Kind == SetupKind.Users || change.Kind == SetupKind.ServiceAccounts) && wanted["roles"] is JsonArray roles && (isNew ? roles.Count > 0 : change.Fields.Contains("roles")))
        {
            var path = $"users/{AdminApi.Segment(id)}/roles";
            await api.SendAsync(HttpMethod.Put, path, new JsonObject { ["roles"] = roles.DeepClone() }, isNew && api.IsDryRun ? null : (await api.GetAsync(path)).Tag);
        }

        if (change.Kind != SetupKind.Groups || wanted["members"] is not JsonArray members)
            return;
        var (before, after) = (Names(change.Server?.Entry["members"]), Names(members));
        foreach (var name in after.Except(before, StringComparer.OrdinalIgnoreCase))
            await api.SendAsync(HttpMethod.Put, $"groups/{AdminApi.Segment(change.Name)}/members/{await MemberAsync(name)}");
        foreach (var name in before.Except(after, StringComparer.OrdinalIgnoreCase))
            await api.SendAsync(HttpMethod.Delete, $"groups/{AdminApi.Segment(change.Name)}/members/{await MemberAsync(name)}");
    }

    /// <summary>A member is a person or a program; somebody who is made by this very run is not there yet in a dry run.</summary>
    private async Task<string> MemberAsync(string name)
    {
        try
        {
            return await Resources.SubAsync(api, name);
        }
        catch (ToolException)
        {
            try
            {
                return await Resources.AccountAsync(api, name);
            }
            catch (ToolException) when (api.IsDryRun)
            {
                return $"({name})";
            }
        }
    }

    private static JsonObject Body(SetupChange change, JsonObject wanted)
    {
        var body = (JsonObject)wanted.DeepClone();
        if (change.Kind == SetupKind.Groups)
            body.Remove("members");
        if (change.Kind == SetupKind.ServiceAccounts || change.Kind == SetupKind.Users)
            body.Remove("roles");
        if (change.Kind != SetupKind.Users)
            return body;
        body.Remove("username");
        if (change.Action == SetupAction.Create)
            body["preferred_username"] = change.Name;
        return body;
    }

    /// <summary>What a document leaves out is the person's; but another address is proven only where the document says so.</summary>
    private static JsonObject Person(JsonObject now, JsonObject changes)
    {
        var merged = (JsonObject)now.DeepClone();
        if (changes["email"] is { } email && !JsonNode.DeepEquals(email, now["email"]))
            merged["email_verified"] = false;
        foreach (var (name, value) in changes)
            merged[name] = value?.DeepClone();
        return merged;
    }

    private static List<string> Names(JsonNode? list) => [.. (list as JsonArray ?? []).Select(name => name!.ToString())];
}
