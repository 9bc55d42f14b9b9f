using System.CommandLine;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Setup;

/// <summary><c>idp setup</c>: the configuration as documents.</summary>
internal static class SetupCommand
{
    public static Command Create(Surroundings around) => new("setup", "The configuration of a server as documents.")
    {
        Export(around), Plan(around), Apply(around), Drift(around),
        new Command("schema", "Prints the JSON Schema of documents, for editors.").Does(around, async _ =>
        {
            await around.Output.WriteAsync(SetupSchema.Text());
            return ExitCode.Done;
        }),
    };

    private static Command Export(Surroundings around)
    {
        var users = new Option<bool>("--with-users") { Description = "People, their roles, and the members of groups too. They are no configuration." };
        return new Command("export", "Prints the whole configuration as one document. Secrets are references to variables of the environment.") { users }.Does(around, async run =>
        {
            var state = await ServerState.ReadAsync(await run.ApiAsync(), run.Get(users));
            await around.Output.WriteAsync(SetupExport.Write(state));
            return ExitCode.Done;
        });
    }

    private static Command Plan(Surroundings around)
    {
        var files = Files();
        return new Command("plan", "Shows what applying the documents would change, and changes nothing.") { files }.Does(around, async run =>
        {
            var (_, _, plan) = await ReadAsync(run, files, withExtra: false);
            Show(run, plan);
            return ExitCode.Done;
        });
    }

    private static Command Drift(Surroundings around)
    {
        var files = Files();
        return new Command("drift", "Shows where the server and the documents differ, also what no document names. Exit code 3 when they do.") { files }.Does(around, async run =>
        {
            var (_, _, plan) = await ReadAsync(run, files, withExtra: true);
            Show(run, plan);
            return plan.Changes.Count == 0 ? ExitCode.Done : ExitCode.Different;
        });
    }

    private static Command Apply(Surroundings around)
    {
        var files = Files();
        return new Command("apply", "Makes the server what the documents say. All of their problems are told before the first thing is written.") { files, GlobalOptions.DryRun() }.Does(around, async run =>
        {
            var (api, read, plan) = await ReadAsync(run, files, withExtra: false);
            var apply = new SetupApply(run, api, read.HasUsers);
            await apply.ResolveAsync(plan.Changes);
            var done = 0;
            try
            {
                foreach (var change in plan.Changes)
                {
                    await apply.OneAsync(change);
                    done++;
                    if (!api.IsDryRun)
                        run.Printer.Say(change.ToString());
                }
            }
            catch (Exception) when (done < plan.Changes.Count && !api.IsDryRun)
            {
                run.Printer.Say($"Stopped at:\n{plan.Changes[done]}");
                if (plan.Changes.Count - done - 1 is > 0 and var left)
                    run.Printer.Say($"Not done ({left}):\n{string.Join('\n', plan.Changes.Skip(done + 1))}");
                throw;
            }

            if (api.IsDryRun)
                run.Printer.Planned(api.Planned);
            else
                run.Printer.Say($"{done} changed, {plan.Unchanged} unchanged.");
            return ExitCode.Done;
        });
    }

    private static async Task<(AdminApi Api, SetupFiles Files, SetupPlan Plan)> ReadAsync(Run run, Argument<string[]> paths, bool withExtra)
    {
        var files = await SetupFiles.ReadAsync(run, run.Get(paths));
        var api = await run.ApiAsync();
        await files.CheckAsync(api);
        return (api, files, SetupPlan.Of(files, await ServerState.ReadAsync(api, files.HasUsers), withExtra));
    }

    private static void Show(Run run, SetupPlan plan)
    {
        if (run.Printer.IsJson)
            run.Printer.One(new JsonObject { ["changes"] = new JsonArray([.. plan.Changes.Select(change => change.ToJson())]), ["unchanged"] = plan.Unchanged });
        else
            foreach (var change in plan.Changes)
                run.Printer.Line(change.ToString());
        run.Printer.Say(plan.Changes.Count == 0 ? $"No difference; {plan.Unchanged} are as described." : $"{plan.Changes.Count} differ (+ to be made, ~ to be changed, - to be removed, ? in no document), {plan.Unchanged} are as described.");
    }

    private static Argument<string[]> Files() => new("file") { Description = "Setup documents; - for standard input.", Arity = ArgumentArity.OneOrMore };
}
