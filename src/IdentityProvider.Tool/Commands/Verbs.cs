using System.CommandLine;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Commands;

/// <summary>list, show, create, update and delete, the same for every kind of thing.</summary>
internal static class Verbs
{
    public static Command List(this Resource resource, Surroundings around, string verb = "list")
    {
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 50, HelpName = "number" };
        var all = new Option<bool>("--all") { Description = "All of them, however many." };
        var filters = resource.Filters.Select(filter => (filter.Query, Option: new Option<string?>(filter.Option) { Description = filter.Words })).ToList();
        var command = new Command(verb, $"Lists {Plural(resource.One)}.") { limit, all };
        foreach (var (_, option) in filters)
            command.Add(option);
        return command.Does(around, async run =>
        {
            if (run.Get(limit) < 1)
                throw ToolException.Misused("--limit is 1 or more.");
            var path = AdminApi.Query(resource.Path, filters.Select(filter => (filter.Query, run.Get(filter.Option))));
            var (rows, more) = await (await run.ApiAsync()).ListAsync(path, resource.Member, run.Get(all) ? int.MaxValue : run.Get(limit));
            run.Printer.Rows(rows, resource.Columns);
            if (more)
                run.Printer.Say("There are more: --all, or a higher --limit.");
            return ExitCode.Done;
        });
    }

    public static Command Show(this Resource resource, Surroundings around)
    {
        var key = resource.KeyArgument();
        return new Command("show", $"Shows one {resource.One}.") { key }.Does(around, async run =>
        {
            var api = await run.ApiAsync();
            run.Printer.One((await api.GetAsync(await resource.PathOfAsync(api, run.Get(key)))).Body);
            return ExitCode.Done;
        });
    }

    public static Command Create(this Resource resource, Surroundings around)
    {
        var (fields, name) = (new Fields(), new Argument<string?>(resource.CreatedBy ?? "none") { Description = $"The {resource.CreatedBy} of the new {resource.One}.", Arity = ArgumentArity.ZeroOrOne });
        var command = new Command("create", $"Adds a {resource.One}. A secret that the server makes is in this answer and nowhere else.") { GlobalOptions.DryRun() };
        if (resource.CreatedBy is not null)
            command.Add(name);
        fields.AddTo(command);
        return command.Does(around, async (run, api) =>
        {
            var body = await fields.ReadAsync(run);
            if (resource.CreatedBy is not null && run.GetOptional(name) is { } given)
                body[resource.CreatedBy] = given;
            if ((await api.SendAsync(HttpMethod.Post, resource.Path, body)).Body is { } made)
                run.Printer.One(made);
        });
    }

    public static Command Update(this Resource resource, Surroundings around)
    {
        var (fields, key) = (new Fields(), resource.KeyArgument());
        var command = new Command("update", $"Changes a {resource.One}: single members with --set, or all of it with --file.") { key, GlobalOptions.DryRun() };
        fields.AddTo(command);
        return command.Does(around, async (run, api) =>
        {
            var path = await resource.PathOfAsync(api, run.Get(key));
            var now = await api.GetAsync(path);
            var body = await fields.ReadAsync(run, now.Object);
            foreach (var told in resource.Told)
                body.Remove(told);
            if ((await api.SendAsync(HttpMethod.Put, path, body, now.Tag)).Body is { } changed)
                run.Printer.One(changed);
        });
    }

    public static Command Delete(this Resource resource, Surroundings around, string words, bool hasTag = true, string verb = "delete")
    {
        var key = resource.KeyArgument();
        return new Command(verb, words) { key, GlobalOptions.DryRun() }.Does(around, async (run, api) =>
        {
            var path = await resource.PathOfAsync(api, run.Get(key));
            await api.SendAsync(HttpMethod.Delete, path, tag: hasTag ? (await api.GetAsync(path)).Tag : null);
            Done(run, api);
        });
    }

    /// <summary>A verb of one thing alone, which is a POST below it.</summary>
    public static Command Post(this Resource resource, Surroundings around, string verb, string below, string words)
    {
        var key = resource.KeyArgument();
        return new Command(verb, words) { key, GlobalOptions.DryRun() }.Does(around, async (run, api) => Show(run, api, await api.SendAsync(HttpMethod.Post, $"{await resource.PathOfAsync(api, run.Get(key))}/{below}")));
    }

    /// <summary>What was answered, or that it is done.</summary>
    public static void Show(Run run, AdminApi api, ApiAnswer answer)
    {
        if (answer.Body is JsonObject body)
            run.Printer.One(body);
        else
            Done(run, api);
    }

    public static void Done(Run run, AdminApi api)
    {
        if (!api.IsDryRun)
            run.Printer.Say("Done.");
    }

    public static Argument<string> KeyArgument(this Resource resource) => new(resource.Key == "sub" ? "who" : resource.Key) { Description = resource.KeyWords };

    private static string Plural(string one) => one == "person" ? "people" : $"{one}s";
}
