using System.CommandLine;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Commands;

/// <summary><c>idp service-accounts</c>, with their keys; <c>idp api-keys</c> lists and ends everybody's.</summary>
internal static class ServiceAccountsCommand
{
    private static readonly Resource Accounts = Resources.ServiceAccounts;

    public static Command Create(Surroundings around) => new("service-accounts", "Accounts of programs.")
    {
        Accounts.List(around), Accounts.Show(around), Accounts.Create(around), Accounts.Update(around), Accounts.Delete(around, "Removes an account; what it has is refused at once."), RolesCommand.Of(around, Accounts),
        new Command("keys", "API keys of a service account. Making one wants a sign-in of the last five minutes.") { List(around), Add(around), Change(around, "rotate"), Change(around, "revoke") },
    };

    public static Command ApiKeys(Surroundings around) => new("api-keys", "API keys of everybody.")
    {
        Resources.ApiKeys.List(around), Resources.ApiKeys.Delete(around, "Ends a key at once.", hasTag: false, verb: "revoke"),
    };

    private static Command List(Surroundings around)
    {
        var who = Accounts.KeyArgument();
        return new Command("list", "Lists the keys of an account.") { who }.Does(around, async run =>
        {
            var api = await run.ApiAsync();
            var (rows, _) = await api.ListAsync($"{await Accounts.PathOfAsync(api, run.Get(who))}/keys", "keys");
            run.Printer.Rows(rows, ["id", "name", "shown", "status", "scope", "expires_at", "last_used_at"]);
            return ExitCode.Done;
        });
    }

    private static Command Add(Surroundings around)
    {
        var (who, fields) = (Accounts.KeyArgument(), new Fields());
        var command = new Command("create", "Makes a key. It is in this answer and nowhere else.") { who, GlobalOptions.DryRun() };
        fields.AddTo(command);
        return command.Does(around, async (run, api) => Verbs.Show(run, api, await api.SendAsync(HttpMethod.Post, $"{await Accounts.PathOfAsync(api, run.Get(who))}/keys", await fields.ReadAsync(run))));
    }

    private static Command Change(Surroundings around, string verb)
    {
        var (who, id) = (Accounts.KeyArgument(), new Argument<string>("id") { Description = "The id of the key." });
        var overlap = new Option<int?>("--overlap") { Description = "Seconds for which the old one still works.", HelpName = "seconds" };
        var rotates = verb == "rotate";
        var command = new Command(verb, rotates ? "Replaces a key. The new one is in this answer and nowhere else." : "Ends a key at once.") { who, id, GlobalOptions.DryRun() };
        if (rotates)
            command.Add(overlap);
        return command.Does(around, async (run, api) =>
        {
            var path = $"{await Accounts.PathOfAsync(api, run.Get(who))}/keys/{AdminApi.Segment(run.Get(id))}";
            Verbs.Show(run, api, rotates
                ? await api.SendAsync(HttpMethod.Post, $"{path}/rotate", run.Get(overlap) is { } seconds ? new JsonObject { ["overlap"] = seconds } : [])
                : await api.SendAsync(HttpMethod.Delete, path));
        });
    }
}
