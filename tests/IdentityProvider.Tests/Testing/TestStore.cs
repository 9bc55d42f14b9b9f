using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Testing;

/// <summary>A SQLite file of one test with the model of now.</summary>
internal static class TestStore
{
    public const string File = "test.db";

    public static IServiceCollection AddTestStore(this IServiceCollection services, Workspace workspace)
    {
        var options = new DatabaseOptions { ConnectionString = $"Data Source={Path.Combine(workspace.Folder, File)};Pooling=False" };
        return services.AddDbContext<Store>(builder => builder.UseProvider(options));
    }
}
