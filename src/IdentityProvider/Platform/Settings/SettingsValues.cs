using System.Collections;
using System.Globalization;
using IdentityProvider.Platform.Validation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Settings;

/// <summary>Checks the bound options: annotations all the way down, then the rooms' own <see cref="IValidateOptions{TOptions}"/>.</summary>
internal static class SettingsValues
{
    public static IEnumerable<string> Check(IServiceProvider services, SettingsSection section)
    {
        var check = typeof(SettingsValues).GetMethod(nameof(CheckAs), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!;
        return check.MakeGenericMethod(section.Options).CreateDelegate<Func<IServiceProvider, string, IEnumerable<string>>>()(services, section.Path);
    }

    /// <summary>The options without their validations: those stop at the first type that fails.</summary>
    /// <exception cref="InvalidOperationException">A configured value has the wrong form.</exception>
    public static T Bind<T>(IServiceProvider services)
        where T : class =>
        new OptionsFactory<T>(services.GetServices<IConfigureOptions<T>>(), services.GetServices<IPostConfigureOptions<T>>()).Create(Options.DefaultName);

    private static List<string> CheckAs<T>(IServiceProvider services, string path)
        where T : class
    {
        var value = Bind<T>(services);
        var failures = services.GetServices<IValidateOptions<T>>()
            .Where(rule => rule is not DataAnnotationValidateOptions<T>)
            .Select(rule => rule.Validate(Options.DefaultName, value))
            .Where(result => result.Failed)
            .SelectMany(result => result.Failures ?? []);
        return [.. Annotated(value, path), .. failures.Select(failure => $"{path}: {failure}")];
    }

    private static IEnumerable<string> Annotated(object value, string path)
    {
        foreach (var problem in Constraints.Check(value, name => name))
            yield return $"{path}:{problem.Property.Replace("[", ":", StringComparison.Ordinal).TrimEnd(']')}: {problem.Text}";
        foreach (var property in SettingsShape.PropertiesOf(value.GetType()).Where(property => !SettingsShape.IsValue(property.PropertyType)))
            if (property.GetValue(value) is { } inner)
                foreach (var problem in Nested(inner, $"{path}:{property.Name}"))
                    yield return problem;
    }

    private static IEnumerable<string> Nested(object value, string path) => value switch
    {
        IDictionary table => table.Keys.Cast<object>().SelectMany(key => Item(table[key], $"{path}:{key}")),
        IEnumerable list => list.Cast<object?>().SelectMany((item, i) => Item(item, $"{path}:{i.ToString(CultureInfo.InvariantCulture)}")),
        _ => Annotated(value, path),
    };

    private static IEnumerable<string> Item(object? item, string path) =>
        item is null || SettingsShape.IsValue(item.GetType()) ? [] : Nested(item, path);
}
