using System.CommandLine;
using IdentityProvider.Tool.Commands;
using IdentityProvider.Tool.Completion;
using IdentityProvider.Tool.Doctor;
using IdentityProvider.Tool.Import;
using IdentityProvider.Tool.Setup;

namespace IdentityProvider.Tool;

/// <summary>The tree of commands.</summary>
internal static class IdpCommands
{
    public static RootCommand Create(Surroundings around)
    {
        var root = new RootCommand("Administers an identity provider over its admin API.")
        {
            SignInCommands.Login(around), SignInCommands.Logout(around), SignInCommands.Token(around),
            UsersCommand.Create(around), RolesCommand.Create(around), GroupsCommand.Create(around), ServiceAccountsCommand.Create(around), ServiceAccountsCommand.ApiKeys(around),
            ClientsCommand.Create(around), KeysCommand.Create(around), KeysCommand.Panic(around), AuditCommand.Create(around), SetupCommand.Create(around), ImportCommand.Create(around), DoctorCommand.Create(around), CompletionCommand.Create(around),
        };
        foreach (var command in OtherCommands.Create(around))
            root.Add(command);
        foreach (var option in GlobalOptions.All)
            root.Add(option);
        return root;
    }
}
