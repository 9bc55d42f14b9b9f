using System.CommandLine;
using System.Text.Json.Nodes;

namespace IdentityProvider.Tool.Commands;

/// <summary><c>idp keys</c>: what signs tokens.</summary>
internal static class KeysCommand
{
    public static Command Create(Surroundings around)
    {
        var confirm = new Option<string>("--confirm") { Description = "The issuer of the server, to say that it is this one you mean.", Required = true, HelpName = "issuer" };
        return new("keys", "Signing keys.")
        {
            Resources.SigningKeys.List(around),
            new Command("rotate", "Publishes new keys, which sign as soon as no client uses an older key set.") { GlobalOptions.DryRun() }
                .Does(around, async (run, api) => Verbs.Show(run, api, await api.SendAsync(HttpMethod.Post, "keys/rotate"))),
            new Command("replace", "For keys that were stolen: new ones at once. Every token that is out breaks. Wants a sign-in of the last 15 minutes.") { confirm, GlobalOptions.DryRun() }
                .Does(around, async (run, api) =>
                {
                    var answer = await api.SendAsync(HttpMethod.Post, "keys/replace", new JsonObject { ["confirm"] = run.Get(confirm) });
                    if (answer.Body is not null)
                        run.Printer.Rows([.. (answer.Object["keys"] as JsonArray ?? []).OfType<JsonObject>()], Resources.SigningKeys.Columns);
                }),
        };
    }

    /// <summary><c>idp panic</c>.</summary>
    public static Command Panic(Surroundings around)
    {
        var confirm = new Option<string>("--confirm") { Description = "The issuer of the server, to say that it is this one you mean.", Required = true, HelpName = "issuer" };
        return new Command("panic", "Ends every session and every grant of everybody. Wants a sign-in of the last 15 minutes.") { confirm, GlobalOptions.DryRun() }
            .Does(around, async (run, api) => Verbs.Show(run, api, await api.SendAsync(HttpMethod.Post, "panic", new JsonObject { ["confirm"] = run.Get(confirm) })));
    }
}
