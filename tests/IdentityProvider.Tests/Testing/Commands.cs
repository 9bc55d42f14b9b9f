using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Tests.Testing;

/// <summary>The commands of the program, beside a running server with the same database.</summary>
internal static class Commands
{
    /// <summary>The exit code, and what was written to either stream.</summary>
    public static async Task<(int Code, string Output)> RunCommandAsync(this IdpHost host, DatabaseOptions database, params string[] arguments)
    {
        using var output = new StringWriter();
        var code = await IdentityProviderCommands.RunAsync(arguments, _ => Build(host, database), output, output);
        return (code, output.ToString());
    }

    private static WebApplication Build(IdpHost host, DatabaseOptions database)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["IdentityProvider:Issuer"] = host.Issuer.ToString().TrimEnd('/'),
            ["IdentityProvider:MasterKey"] = new IdpSetup().MasterKey,
            ["IdentityProvider:Database:Provider"] = database.Provider.ToString(),
            ["IdentityProvider:Database:ConnectionString"] = database.ConnectionString,
        });
        builder.Logging.ClearProviders();
        builder.AddIdentityProvider();
        return builder.Build();
    }
}
