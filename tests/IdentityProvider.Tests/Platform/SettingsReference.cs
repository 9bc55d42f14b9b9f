using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Platform;

public class SettingsReference
{
    [Fact]
    public void The_reference_of_settings_is_what_the_options_say()
    {
        var text = new StringBuilder("""
            # Configuration

            Generated from the options and compared in a test; `UPDATE_SNAPSHOTS=1 dotnet test` writes it anew.

            Settings come from any ASP.NET Core source; a later one wins: `appsettings.json`, `appsettings.{Environment}.json`,
            environment variables (`IdentityProvider__Issuer`), the command line (`--IdentityProvider:Issuer=https://id.example.com`).
            Unknown names and wrong values stop the start, all listed at once with the remedy. In a list, count from 0:
            `IdentityProvider:Setup:Files:0`.

            Any of them can lie in a file: with `_FILE` behind its name the value is the file's path (`IdentityProvider__Database__ConnectionString_FILE`),
            and `IdentityProvider:SettingsFolder` names a folder of such files. What systemd hands over (`LoadCredential=IdentityProvider__MasterKey:...`) is
            read by itself. Files win over everything but the command line; a line break at their end does not count.

            """);
        foreach (var section in RegisteredSettings.All())
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {section.Path}\n\n{XmlDocs.Of(section.Options)}\n\n| Setting | Type | Default | Meaning |\n| --- | --- | --- | --- |\n");
            foreach (var (name, property, start) in Rows(section.Options, ""))
                text.Append(CultureInfo.InvariantCulture, $"| `{name}` | {TypeOf(property)} | {start} | {Meaning(property)} |\n");
        }

        Snapshot.Matches("docs/reference/configuration.md", text.ToString());
    }

    [Fact]
    public void The_schema_of_settings_is_what_the_options_say()
    {
        var root = new JsonObject();
        var schemas = new JsonSchema(SettingsShape.PropertiesOf, property => property.Name);
        foreach (var section in RegisteredSettings.All())
        {
            var at = root;
            foreach (var name in section.Path.Split(':'))
                at = Member(at, name);
            foreach (var (name, part) in schemas.Of(section.Options).ToList())
                if (name == "description")
                    at[name] = part!.DeepClone();
                else if (name == "properties")
                    foreach (var (property, value) in (JsonObject)part!)
                        ((JsonObject)at["properties"]!)[property] = value?.DeepClone();
        }

        var schema = new JsonObject { ["$schema"] = JsonSchema.Draft, ["title"] = "appsettings.json", ["type"] = "object", ["properties"] = root["properties"]!.DeepClone() };
        Snapshot.Matches("docs/reference/appsettings.schema.json", JsonSchema.Text(schema));
    }

    [Fact]
    public void Every_setting_says_what_it_means()
    {
        var silent = RegisteredSettings.All().SelectMany(section => Rows(section.Options, "").Where(row => XmlDocs.Of(row.Property).Length == 0).Select(row => $"{section.Path}:{row.Name}"));
        Assert.Empty(silent);
        Assert.Contains(RegisteredSettings.All(), section => section.Options == typeof(IdentityProviderOptions));
    }

    private static JsonObject Member(JsonObject schema, string name)
    {
        schema["properties"] ??= new JsonObject();
        var properties = (JsonObject)schema["properties"]!;
        properties[name] ??= new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(), ["additionalProperties"] = false };
        return (JsonObject)properties[name]!;
    }

    /// <param name="type">The group.</param>
    /// <param name="prefix">The names above it.</param>
    /// <param name="start">The group as its owner makes it: its defaults may differ from the type's own.</param>
    private static IEnumerable<(string Name, PropertyInfo Property, string Default)> Rows(Type type, string prefix, object? start = null)
    {
        var fresh = start ?? Activator.CreateInstance(type);
        foreach (var property in SettingsShape.PropertiesOf(type))
        {
            if (SettingsShape.IsValue(property.PropertyType))
                yield return (prefix + property.Name, property, Shown(property.GetValue(fresh)));
            else if ((SettingsShape.DictionaryOf(property.PropertyType) ?? SettingsShape.ListOf(property.PropertyType)) is { } item)
                foreach (var row in Items(property, item, prefix, property.GetValue(fresh)))
                    yield return row;
            else
                foreach (var row in Rows(property.PropertyType, $"{prefix}{property.Name}:", property.GetValue(fresh)))
                    yield return row;
        }
    }

    private static IEnumerable<(string Name, PropertyInfo Property, string Default)> Items(PropertyInfo property, Type item, string prefix, object? start)
    {
        var name = $"{prefix}{property.Name}:{(SettingsShape.DictionaryOf(property.PropertyType) is null ? "0" : "*")}";
        yield return (name, property, Shown(start));
        if (!SettingsShape.IsValue(item))
            foreach (var row in Rows(item, name + ":"))
                yield return row;
    }

    private static string Shown(object? value) => value switch
    {
        null or "" => "",
        bool flag => flag ? "`true`" : "`false`",
        TimeSpan span => $"`{span:c}`",
        IDictionary table => string.Join(", ", table.Keys.Cast<object>().Select(key => $"`{key}`")),
        IEnumerable<string> list => string.Join(", ", list.Select(entry => $"`{entry}`")),
        IEnumerable and not string => "",
        _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
    };

    private static string TypeOf(PropertyInfo property)
    {
        var type = SettingsShape.DictionaryOf(property.PropertyType) ?? SettingsShape.ListOf(property.PropertyType) ?? property.PropertyType;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return string.Join(", ", Enum.GetNames(type).Select(name => $"`{name}`"));
        return type == typeof(bool) ? "boolean" : type == typeof(string) ? "text" : type == typeof(TimeSpan) ? "time span" : type.IsPrimitive ? "number" : SettingsShape.IsValue(type) ? type.Name : "group";
    }

    private static string Meaning(PropertyInfo property)
    {
        var required = property.IsDefined(typeof(RequiredAttribute)) && Activator.CreateInstance(property.DeclaringType!) is { } fresh && property.GetValue(fresh) is null or "";
        return (XmlDocs.Of(property) + (required ? " **Required.**" : "")).Replace("|", "\\|", StringComparison.Ordinal);
    }
}
