using System.Reflection;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Testing;

/// <summary>The options of every room: its module is asked, so a new room is in the reference without another line.</summary>
internal static class RegisteredSettings
{
    public static IReadOnlyList<SettingsSection> All()
    {
        var services = new ServiceCollection();
        services.AddSettings<IdentityProviderOptions>("");
        services.AddSettings<DatabaseOptions>("Database");
        foreach (var add in typeof(Store).Assembly.GetTypes()
            .Where(type => type is { IsAbstract: true, IsSealed: true } && type.Name.EndsWith("Module", StringComparison.Ordinal))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static))
            .Where(method => method.Name.StartsWith("Add", StringComparison.Ordinal) && method.GetParameters() is [{ ParameterType: var only }] && only == typeof(IServiceCollection)))
            add.Invoke(null, [services]);
        return [.. services
            .Select(service => service.ImplementationInstance)
            .OfType<SettingsSection>()
            .Distinct()
            .OrderBy(section => section.Path, StringComparer.Ordinal)];
    }
}
