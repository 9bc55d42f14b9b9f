using System.CommandLine;

namespace IdentityProvider.Tool.Commands;

/// <summary>Kinds of things that need no verbs of their own.</summary>
internal static class OtherCommands
{
    public static IEnumerable<Command> Create(Surroundings around) =>
    [
        Whole(around, Resources.Apis, "apis", "Protected resources and their scopes.", "Removes an API with its scopes."),
        Whole(around, Resources.Scopes, "scopes", "Identity scopes beyond those that are always there.", "Removes an identity scope."),
        Whole(around, Resources.Providers, "providers", "Servers elsewhere that people may sign in with.", "Removes a provider, with everything people connected."),
        Webhooks(around),
        new Command("sessions", "Sessions of people.") { Resources.Sessions.List(around), Resources.Sessions.Delete(around, "Ends a session, and what apps got by it.", hasTag: false, verb: "end") },
        new Command("grants", "What apps were given.") { Resources.Grants.List(around), Resources.Grants.Delete(around, "Takes a grant back.", hasTag: false, verb: "revoke") },
        new Command("consents", "What people allowed apps.") { Resources.Consents.List(around), Resources.Consents.Delete(around, "Forgets what somebody allowed an app.", hasTag: false, verb: "revoke") },
        new Command("settings", "Shows the settings in effect on the server that answers; secrets as dots.").Does(around, async run =>
        {
            var settings = (await (await run.ApiAsync()).GetAsync("settings")).Object["settings"];
            run.Printer.One(settings);
            return ExitCode.Done;
        }),
        new Command("statistics", "Counts people, clients, sessions.").Does(around, async run =>
        {
            run.Printer.One((await (await run.ApiAsync()).GetAsync("statistics")).Body);
            return ExitCode.Done;
        }),
    ];

    private static Command Whole(Surroundings around, Resource resource, string name, string words, string removal) =>
        new(name, words) { resource.List(around), resource.Show(around), resource.Create(around), resource.Update(around), resource.Delete(around, removal) };

    private static Command Webhooks(Surroundings around)
    {
        var webhooks = Whole(around, Resources.Webhooks, "webhooks", "Servers that are told of what is audited.", "Removes a webhook.");
        webhooks.Add(Resources.Webhooks.Post(around, "test", "test", "Sends a test message, and says how it went."));
        webhooks.Add(Resources.Webhooks.Post(around, "new-secret", "secret", "Makes a new secret. It is in this answer and nowhere else."));
        var key = Resources.Webhooks.KeyArgument();
        webhooks.Add(new Command("deliveries", "Lists what was sent, the newest first.") { key }.Does(around, async run =>
        {
            var api = await run.ApiAsync();
            var (rows, _) = await api.ListAsync($"{await Resources.Webhooks.PathOfAsync(api, run.Get(key))}/deliveries", "deliveries", 200);
            run.Printer.Rows(rows, ["id", "event", "state", "attempts", "outcome", "created_at", "next_at"]);
            return ExitCode.Done;
        }));
        return webhooks;
    }
}
