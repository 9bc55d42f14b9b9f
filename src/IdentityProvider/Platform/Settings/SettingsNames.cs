using System.ComponentModel;
using IdentityProvider.Platform.Validation;
using Microsoft.Extensions.Configuration;

namespace IdentityProvider.Platform.Settings;

/// <summary>
/// Walks what is configured against what can be configured. A mistyped security setting that is silently ignored
/// is worse than a server that does not start.
/// </summary>
internal sealed class SettingsNames(IReadOnlyCollection<SettingsSection> sections)
{
    private readonly List<string> problems = [];

    public static IReadOnlyList<string> Check(IReadOnlyCollection<SettingsSection> sections, IConfiguration configuration)
    {
        var names = new SettingsNames(sections);
        names.Group(configuration.GetSection(IdentityProviderOptions.Section), []);
        return names.problems;
    }

    /// <summary>A group is the union of the options bound at its path, the property types that lead to it, and deeper sections.</summary>
    private void Group(IConfigurationSection group, IReadOnlyCollection<Type> inherited)
    {
        Type[] types = [.. inherited, .. sections.Where(section => Same(section.Path, group.Path)).Select(section => section.Options)];
        var properties = types.SelectMany(SettingsShape.PropertiesOf).ToLookup(property => property.Name, property => property.PropertyType, StringComparer.OrdinalIgnoreCase);
        var deeper = sections
            .Where(section => section.Path.StartsWith(group.Path + ConfigurationPath.KeyDelimiter, StringComparison.OrdinalIgnoreCase))
            .Select(section => section.Path[(group.Path.Length + 1)..].Split(ConfigurationPath.KeyDelimiter)[0])
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (group.Value is { Length: > 0 })
            problems.Add($"{group.Path}: is a group of settings, not one value. Set {group.Path}:{properties.Select(p => p.Key).Concat(deeper).FirstOrDefault("...")} and the like.");

        foreach (var child in group.GetChildren())
        {
            var bound = properties[child.Key].ToArray();
            if (bound.Length == 0 && SettingFiles.Named(child.Key) is { } inFile && properties[inFile].Any(SettingsShape.IsValue))
                continue; // Read by SettingFiles, which says what is wrong with it.
            if (bound.Length == 0 && !deeper.Contains(child.Key))
                Unknown(child, [.. properties.Select(property => property.Key), .. deeper]);
            else if (bound.Length > 0 && (SettingsShape.IsValue(bound[0]) || SettingsShape.ListOf(bound[0]) is not null || SettingsShape.DictionaryOf(bound[0]) is not null))
                Visit(child, bound[0]);
            else
                Group(child, bound);
        }
    }

    private void Visit(IConfigurationSection setting, Type type)
    {
        if (SettingsShape.IsValue(type))
            Value(setting, type);
        else if (SettingsShape.ListOf(type) is { } item)
            Each(setting, item, "list", "0");
        else if (SettingsShape.DictionaryOf(type) is { } value)
            Each(setting, value, "table", "name");
        else
            Group(setting, [type]);
    }

    private void Each(IConfigurationSection setting, Type item, string kind, string example)
    {
        if (setting.Value is { Length: > 0 })
            problems.Add($"{setting.Path}: is a {kind}, not one value. Set {setting.Path}:{example} and the like.");
        foreach (var child in setting.GetChildren())
            Visit(child, item);
    }

    private void Value(IConfigurationSection setting, Type type)
    {
        if (setting.GetChildren().FirstOrDefault() is { } child)
            problems.Add($"{setting.Path}: is one value, not a group. Remove {child.Path}.");
        if (setting.Value is { } text && !Converts(text, type))
            problems.Add($"{setting.Path}: \"{Constraints.Shown(text)}\" is not {Wanted(type)}. Write {Example(type)}.");
    }

    private void Unknown(IConfigurationSection child, List<string> known)
    {
        var question = NearestName.Question(child.Key, known);
        var parent = ConfigurationPath.GetParentPath(child.Path);
        problems.Add($"{child.Path}: is no setting.{(question.Length > 0 ? question : $" Remove it; {parent} has {string.Join(", ", known.Order(StringComparer.Ordinal))}.")}");
    }

    private static bool Converts(string text, Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return text.Length == 0 || Converts(text, underlying);
        if (type == typeof(string) || type == typeof(object))
            return true;
        if (type == typeof(byte[]))
            return Convert.TryFromBase64String(text, new byte[text.Length], out _);
        try
        {
            var value = TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
            return value is not null && (!type.IsEnum || type.IsDefined(typeof(FlagsAttribute), false) || Enum.IsDefined(type, value));
        }
        catch (Exception exception) when (exception is FormatException or NotSupportedException or ArgumentException or OverflowException)
        {
            return false;
        }
    }

    private static string Wanted(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(TimeSpan) => "a time span",
        var t when t == typeof(Uri) => "a URI",
        var t when t == typeof(byte[]) => "base64",
        var t when t == typeof(double) || t == typeof(decimal) || t == typeof(float) => "a number",
        { IsEnum: true } => "one of the known values",
        { IsPrimitive: true } => "a whole number",
        var t => $"a {t.Name}",
    };

    private static string Example(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(TimeSpan) => "hours:minutes:seconds, like 00:15:00",
        { IsEnum: true } t => string.Join(", ", Enum.GetNames(t)),
        var t when t == typeof(double) || t == typeof(decimal) || t == typeof(float) => "digits, like 1.5",
        { IsPrimitive: true } => "digits only",
        _ => "it in that form",
    };

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
