using System.CommandLine;
using System.Text.Json.Nodes;

namespace IdentityProvider.Tool.Commands;

/// <summary><c>idp roles</c>, and who holds them.</summary>
internal static class RolesCommand
{
    public static Command Create(Surroundings around) => new("roles", "Roles and what they permit.")
    {
        Resources.Roles.List(around), Resources.Roles.Show(around), Resources.Roles.Create(around), Resources.Roles.Update(around),
        Resources.Roles.Delete(around, "Removes a role from all who hold it."), Permissions(around),
    };

    /// <summary>The roles of one person or service account.</summary>
    public static Command Of(Surroundings around, Resource holders)
    {
        var who = holders.KeyArgument();
        var (add, remove) = (Names("--add", "A role to give. Once for each."), Names("--remove", "A role to take away. Once for each."));
        return new Command("roles", "Shows the roles and groups of one, or gives and takes roles.") { who, add, remove, GlobalOptions.DryRun() }.Does(around, async (run, api) =>
        {
            var path = $"users/{await holders.Resolve(api, run.Get(who))}/roles";
            var now = await api.GetAsync(path);
            var held = (now.Object["roles"] as JsonArray ?? []).Select(role => role!.ToString()).ToList();
            var wanted = held.Except(run.Get(remove)!).Union(run.Get(add)!).ToList();
            if (wanted.SequenceEqual(held))
                run.Printer.One(now.Body);
            else if ((await api.SendAsync(HttpMethod.Put, path, new JsonObject { ["roles"] = new JsonArray([.. wanted.Select(role => (JsonNode)role)]) }, now.Tag)).Body is { } changed)
                run.Printer.One(changed);
        });
    }

    private static Command Permissions(Surroundings around) => new Command("permissions", "Lists every permission there is.").Does(around, async run =>
    {
        var known = (await (await run.ApiAsync()).GetAsync("permissions")).Object["permissions"] as JsonArray ?? [];
        run.Printer.Rows([.. known.Select(permission => new JsonObject { ["permission"] = permission?.ToString() })], ["permission"]);
        return ExitCode.Done;
    });

    private static Option<string[]> Names(string name, string words) => new(name) { Description = words, DefaultValueFactory = _ => [], HelpName = "role" };
}
