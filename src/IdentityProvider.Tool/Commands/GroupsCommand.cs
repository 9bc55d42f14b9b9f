using System.CommandLine;

namespace IdentityProvider.Tool.Commands;

/// <summary><c>idp groups</c>.</summary>
internal static class GroupsCommand
{
    private static readonly Resource Groups = Resources.Groups;

    public static Command Create(Surroundings around) => new("groups", "Groups of people, and the roles they carry.")
    {
        Groups.List(around), Groups.Show(around), Groups.Create(around), Groups.Update(around), Groups.Delete(around, "Removes a group; its members stay."),
        new Command("members", "Who is in a group.") { Members(around), Change(around, "add", "Puts somebody into a group.", HttpMethod.Put), Change(around, "remove", "Takes somebody out of a group.", HttpMethod.Delete) },
    };

    private static Command Members(Surroundings around)
    {
        var group = Groups.KeyArgument();
        return new Command("list", "Lists the members of a group.") { group }.Does(around, async run =>
        {
            var api = await run.ApiAsync();
            var (rows, _) = await api.ListAsync($"{await Groups.PathOfAsync(api, run.Get(group))}/members", "members");
            run.Printer.Rows(rows, ["preferred_username", "name", "sub"]);
            return ExitCode.Done;
        });
    }

    private static Command Change(Surroundings around, string verb, string words, HttpMethod method)
    {
        var (group, who) = (Groups.KeyArgument(), new Argument<string>("who") { Description = Resources.Users.KeyWords });
        return new Command(verb, words) { group, who, GlobalOptions.DryRun() }.Does(around, async (run, api) =>
            Verbs.Show(run, api, await api.SendAsync(method, $"{await Groups.PathOfAsync(api, run.Get(group))}/members/{await Resources.SubAsync(api, run.Get(who))}")));
    }
}
