using IdentityProvider.Backup.Files;
using IdentityProvider.Platform.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Backup;

/// <summary>
/// Owns copies of the whole database: the encrypted backup, its proof, the way back from it, and the move into another database. It knows tables by the model and no room: what must not
/// come back to life with an old state is said by the rooms (<c>EndedByRestore</c>).
/// </summary>
internal static class BackupModule
{
    public static IServiceCollection AddBackup(this IServiceCollection services)
    {
        services.AddSettings<BackupOptions>("Backup");
        services.AddSingleton<IValidateOptions<BackupOptions>, BackupRules>();
        services.AddSettings<MoveOptions>("Move");
        return services.AddSingleton<BackupKeys>().AddScoped<Backups>().AddScoped<Restoration>().AddScoped<Move>();
    }
}
