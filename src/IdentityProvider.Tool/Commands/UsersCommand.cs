using System.CommandLine;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Commands;

/// <summary><c>idp users</c>.</summary>
internal static class UsersCommand
{
    private static readonly Resource Users = Resources.Users;

    public static Command Create(Surroundings around) => new("users", "People.")
    {
        Users.List(around), Users.Show(around), Users.Create(around), Users.Update(around), Delete(around), RolesCommand.Of(around, Users),
        Users.Post(around, "restore", "restore", "Brings somebody back whose account is closed and not removed yet."),
        Users.Post(around, "unlock", "unlock", "Lets somebody try again whom wrong passwords have locked out."),
        Users.Post(around, "recovery", "recovery", "Mails somebody the way to choose a password."),
        ResetFactors(around), EndSessions(around), Invite(around),
    };

    private static Command Delete(Surroundings around)
    {
        var (who, immediately) = (Users.KeyArgument(), new Option<bool>("--immediately") { Description = "Removed at once, without the time in which it can be undone." });
        return new Command("delete", "Closes an account; it is removed after the time of grace.") { who, immediately, GlobalOptions.DryRun() }.Does(around, async (run, api) =>
            Verbs.Show(run, api, await api.SendAsync(HttpMethod.Delete, AdminApi.Query(await Users.PathOfAsync(api, run.Get(who)), ("immediately", run.Get(immediately) ? "true" : null)))));
    }

    private static Command ResetFactors(Surroundings around)
    {
        var (who, reason) = (Users.KeyArgument(), new Option<string>("--reason") { Description = "Why; the audit keeps it.", Required = true });
        return new Command("reset-factors", "Takes somebody's second factors away who has lost them.") { who, reason, GlobalOptions.DryRun() }.Does(around, async (run, api) =>
            Verbs.Show(run, api, await api.SendAsync(HttpMethod.Post, $"{await Users.PathOfAsync(api, run.Get(who))}/reset-factors", new JsonObject { ["reason"] = run.Get(reason) })));
    }

    private static Command EndSessions(Surroundings around)
    {
        var who = Users.KeyArgument();
        return new Command("end-sessions", "Signs somebody out everywhere.") { who, GlobalOptions.DryRun() }.Does(around, async (run, api) =>
            Verbs.Show(run, api, await api.SendAsync(HttpMethod.Delete, $"{await Users.PathOfAsync(api, run.Get(who))}/sessions")));
    }

    private static Command Invite(Surroundings around)
    {
        var email = new Argument<string>("email") { Description = "The address." };
        return new Command("invite", "Mails an invitation to create an account.") { email, GlobalOptions.DryRun() }.Does(around, async (run, api) =>
            Verbs.Show(run, api, await api.SendAsync(HttpMethod.Post, "invitations", new JsonObject { ["email"] = run.Get(email) })));
    }
}
