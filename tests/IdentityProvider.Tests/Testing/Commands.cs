using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Tests.Testing;

/// <summary>The commands of the program, beside a running server with the same database.</summary>
internal static class Commands
{
    /// <summary>The exit code, and what was written to either stream.</summary>
    public static Task<(int Code, string Output)> RunCommandAsync(this IdpHost host, DatabaseOptions database, params string[] arguments) =>
        RunAsync(host.Issuer, database, [], arguments);

    /// <summary>With settings of its own below <c>IdentityProvider:</c>.</summary>
    public static async Task<(int Code, string Output)> RunAsync(Uri issuer, DatabaseOptions database, Dictionary<string, string> settings, params string[] arguments)
    {
        using var output = new StringWriter();
        var code = await IdentityProviderCommands.RunAsync(arguments, _ => Build(issuer, database, settings), output, output);
        return (code, output.ToString());
    }

    private static WebApplication Build(Uri issuer, DatabaseOptions database, Dictionary<string, string> settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["IdentityProvider:Issuer"] = issuer.ToString().TrimEnd('/'),
            ["IdentityProvider:MasterKey"] = new IdpSetup().MasterKey,
            ["IdentityProvider:Database:Provider"] = database.Provider.ToString(),
            ["IdentityProvider:Database:ConnectionString"] = database.ConnectionString,
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"IdentityProvider:{s.Key}", (string?)s.Value)));
        builder.Logging.ClearProviders();
        builder.AddIdentityProvider();
        return builder.Build();
    }
}
