using System.CommandLine;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Commands;

/// <summary><c>idp clients</c>.</summary>
internal static class ClientsCommand
{
    private static readonly Resource Clients = Resources.Clients;

    public static Command Create(Surroundings around) => new("clients", "Apps, in the words of RFC 7591.")
    {
        Clients.List(around), Clients.Show(around), Clients.Create(around), Clients.Update(around), Clients.Delete(around, "Removes a client, and ends what it was given."),
        new Command("secrets", "Secrets of a client.") { List(around), Add(around), Remove(around) },
    };

    private static Command List(Surroundings around)
    {
        var client = Clients.KeyArgument();
        return new Command("list", "Lists the secrets of a client, never what they are.") { client }.Does(around, async run =>
        {
            var api = await run.ApiAsync();
            var (rows, _) = await api.ListAsync($"{await Clients.PathOfAsync(api, run.Get(client))}/secrets", "secrets");
            run.Printer.Rows(rows, ["id", "created_at", "expires_at"]);
            return ExitCode.Done;
        });
    }

    private static Command Add(Surroundings around)
    {
        var client = Clients.KeyArgument();
        var expires = new Option<int?>("--expires-in") { Description = "Seconds until it ends.", HelpName = "seconds" };
        var overlap = new Option<int?>("--overlap") { Description = "Seconds until the others end; left out, they stay.", HelpName = "seconds" };
        return new Command("add", "Makes a secret. It is in this answer and nowhere else.") { client, expires, overlap, GlobalOptions.DryRun() }.Does(around, async (run, api) =>
        {
            var body = new JsonObject();
            if (run.Get(expires) is { } seconds)
                body["expires_in"] = seconds;
            if (run.Get(overlap) is { } both)
                body["overlap"] = both;
            Verbs.Show(run, api, await api.SendAsync(HttpMethod.Post, $"{await Clients.PathOfAsync(api, run.Get(client))}/secrets", body));
        });
    }

    private static Command Remove(Surroundings around)
    {
        var (client, id) = (Clients.KeyArgument(), new Argument<string>("id") { Description = "The id of the secret." });
        return new Command("remove", "Ends a secret at once.") { client, id, GlobalOptions.DryRun() }.Does(around, async (run, api) =>
            Verbs.Show(run, api, await api.SendAsync(HttpMethod.Delete, $"{await Clients.PathOfAsync(api, run.Get(client))}/secrets/{AdminApi.Segment(run.Get(id))}")));
    }
}
