using System.CommandLine;

namespace IdentityProvider.Tool;

/// <summary>Options of every command: which server, as whom, and in what form results come.</summary>
internal static class GlobalOptions
{
    public static readonly Option<string?> Server = new("--server") { Description = "The issuer of the server. Else IDP_SERVER, else the last sign-in.", Recursive = true, HelpName = "url" };
    public static readonly Option<string> Output = new Option<string>("--output") { Description = "table, or json on standard output.", Recursive = true, DefaultValueFactory = _ => "table" }.Among("table", "json");
    public static readonly Option<string?> ClientId = new("--client-id") { Description = "The client that acts. Else IDP_CLIENT_ID, else idp-cli.", Recursive = true, HelpName = "id" };

    public static readonly Option<string?> SecretFile = new("--client-secret-file")
    {
        Description = "A file with the client's secret, - for standard input. Else IDP_CLIENT_SECRET or IDP_CLIENT_SECRET_FILE. With a secret the client acts for its service account.",
        Recursive = true,
        HelpName = "file",
    };

    public static readonly Option<string?> Scope = new("--scope")
    {
        Description = "Scopes to ask for; users:read is short for that of the admin API. Else IDP_SCOPE, else all of the admin API.",
        Recursive = true,
        HelpName = "scopes",
    };

    public static IEnumerable<Option> All => [Server, Output, ClientId, SecretFile, Scope];

    public static Option<bool> DryRun() => new("--dry-run") { Description = "Say what would be sent; read only." };

    private static Option<string> Among(this Option<string> option, params string[] values)
    {
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
