using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IdentityProvider.Platform.Settings;

/// <summary>Stops a start with wrong or unknown settings: all of them at once, each with its remedy.</summary>
internal static class SettingsCheck
{
    /// <exception cref="SettingsException">Something has to change.</exception>
    public static void Run(IServiceProvider services, IConfiguration configuration, IHostEnvironment environment)
    {
        var sections = services.GetServices<SettingsSection>().Distinct().ToList();
        var problems = SettingsNames.Check(sections, configuration).ToList();
        problems.AddRange(services.GetServices<SettingFiles>().SelectMany(files => files.Problems));
        foreach (var section in sections)
        {
            try
            {
                problems.AddRange(SettingsValues.Check(services, section));
                problems.AddRange(section.Options switch
                {
                    var t when t == typeof(IdentityProviderOptions) => ServerRules.Identity(SettingsValues.Bind<IdentityProviderOptions>(services), environment),
                    var t when t == typeof(DatabaseOptions) => ServerRules.Database(SettingsValues.Bind<DatabaseOptions>(services), environment),
                    _ => [],
                });
            }
            catch (InvalidOperationException) when (problems.Any(problem => problem.StartsWith(section.Path + ":", StringComparison.OrdinalIgnoreCase)))
            {
                // A value in this section has the wrong form, which is said already; the rest of the section cannot be bound.
            }
        }

        if (problems.Count > 0)
            throw new SettingsException([.. problems.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }
}
