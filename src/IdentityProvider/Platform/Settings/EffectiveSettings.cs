using System.Collections;
using System.Globalization;
using System.Reflection;
using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Platform.Settings;

/// <summary>What the options say in the end, as names and texts. What may be a secret is shown as dots.</summary>
internal static class EffectiveSettings
{
    public const string Hidden = "••••••";

    /// <summary>By the end of their name, beside those that are marked: a new setting of this kind is hidden before anybody thinks of it.</summary>
    private static readonly string[] Secrets = ["MasterKey", "Password", "Secret", "ConnectionString", "ApiKey", "Token", "Configuration"];

    public static IEnumerable<KeyValuePair<string, string?>> Of(IServiceProvider services, SettingsSection section)
    {
        var bind = typeof(SettingsValues).GetMethod(nameof(SettingsValues.Bind))!.MakeGenericMethod(section.Options);
        return Flat(bind.Invoke(null, [services])!, section.Path);
    }

    private static IEnumerable<KeyValuePair<string, string?>> Flat(object group, string path) =>
        SettingsShape.PropertiesOf(group.GetType()).SelectMany(property => Value(property.GetValue(group), $"{path}:{property.Name}", IsSecret(property)));

    private static IEnumerable<KeyValuePair<string, string?>> Value(object? value, string path, bool hidden) => value switch
    {
        null => [new(path, null)],
        _ when SettingsShape.IsValue(value.GetType()) => [new(path, hidden && value is not "" ? Hidden : Text(value))],
        IDictionary table => table.Keys.Cast<object>().SelectMany(key => Value(table[key], $"{path}:{key}", hidden)),
        IEnumerable list => list.Cast<object?>().SelectMany((item, i) => Value(item, $"{path}:{i.ToString(CultureInfo.InvariantCulture)}", hidden)),
        _ => Flat(value, path),
    };

    private static bool IsSecret(PropertyInfo property) =>
        property.IsDefined(typeof(SecretAttribute)) || Secrets.Any(end => property.Name.EndsWith(end, StringComparison.OrdinalIgnoreCase)) || property.PropertyType == typeof(byte[]);

    private static string? Text(object value) => value is bool flag ? flag ? "true" : "false" : Convert.ToString(value, CultureInfo.InvariantCulture);
}
