using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Settings;

/// <summary>A room's options and where they are read from: the check at start and the generated reference walk these.</summary>
internal sealed record SettingsSection(Type Options, string Path);

internal static class SettingsRegistration
{
    /// <summary>Binds <typeparamref name="T"/> to <c>IdentityProvider:{section}</c> (to <c>IdentityProvider</c> itself if empty).</summary>
    public static OptionsBuilder<T> AddSettings<T>(this IServiceCollection services, string section)
        where T : class
    {
        var path = section.Length == 0 ? IdentityProviderOptions.Section : $"{IdentityProviderOptions.Section}:{section}";
        services.AddSingleton(new SettingsSection(typeof(T), path));
        return services.AddOptions<T>().BindConfiguration(path).ValidateDataAnnotations();
    }
}
