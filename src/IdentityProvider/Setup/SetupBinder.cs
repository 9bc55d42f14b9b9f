using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Setup;

/// <summary>Fills the document's types from JSON and goes on after each mistake, so that all are said at once.</summary>
internal sealed class SetupBinder(SetupFile file)
{
    public void Bind(SourceNode root)
    {
        file.Place(file.Document, "", root.Line);
        if (root.Kind == JsonValueKind.Object)
            Fill(file.Document, root, "");
        else
            file.Report(root.Line, $"the document is {root.KindName}. Write an object: {{ \"clients\": [ ... ] }}.");
    }

    /// <summary>The outside name of a property.</summary>
    public static string NameOf(PropertyInfo property) => JsonInput.NameOf(property);

    /// <summary>The properties a document may give.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) => JsonInput.PropertiesOf(type);

    private void Fill(object owner, SourceNode node, string place)
    {
        file.Place(owner, place, node.Line);
        var properties = PropertiesOf(owner.GetType()).ToDictionary(NameOf, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, line, value) in node.Members)
        {
            var path = place.Length == 0 ? name : $"{place}.{name}";
            if (!properties.TryGetValue(name, out var property))
                file.Report(line, $"\"{Constraints.Shown(name)}\" is not a key of {(place.Length == 0 ? "the document" : place)}.{Remedy(name, properties.Keys)}");
            else if (!seen.Add(name))
                file.Report(line, $"{path}: is given twice. Remove one.");
            else
                Set(owner, property, name, line, value, path);
        }
    }

    private static string Remedy(string name, IEnumerable<string> known) =>
        NearestName.Question(name, known) is { Length: > 0 } question ? question : $" Known are {string.Join(", ", known.Order(StringComparer.Ordinal))}.";

    private void Set(object owner, PropertyInfo property, string name, int line, SourceNode value, string path)
    {
        file.Mark(owner, name, line);
        for (var i = 0; i < value.Items.Count; i++)
            file.Mark(owner, $"{name}[{i}]", value.Items[i].Line);

        // null says the same as leaving it out.
        if (value.Kind == JsonValueKind.Null)
            return;
        var bound = property.IsDefined(typeof(SecretAttribute)) && value.Kind == JsonValueKind.Object
            ? SecretReference.Resolve(file, value, path)
            : Value(value, property.PropertyType, path);
        if (bound is not null)
            property.SetValue(owner, bound);
    }

    private object? Value(SourceNode node, Type type, string path)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(JsonElement))
            return node.ToElement();
        if (type == typeof(string))
            return node.Kind == JsonValueKind.String ? node.Text : Wrong(node, path, "a string");
        if (type == typeof(bool))
            return node.Kind is JsonValueKind.True or JsonValueKind.False ? node.Kind == JsonValueKind.True : Wrong(node, path, "true or false");
        if (type == typeof(int))
            return node.Kind == JsonValueKind.Number && int.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : Wrong(node, path, "a whole number");
        if (type.IsGenericType)
            return node.Kind == JsonValueKind.Array ? List(node, type, path) : Wrong(node, path, "a list: [ ... ]");
        if (node.Kind != JsonValueKind.Object)
            return Wrong(node, path, "an object: { ... }");
        var entry = Activator.CreateInstance(type)!;
        Fill(entry, node, path);
        return entry;
    }

    private IList List(SourceNode node, Type type, string path)
    {
        var list = (IList)Activator.CreateInstance(type)!;
        foreach (var (item, i) in node.Items.Select((item, i) => (item, i)))
            if (Value(item, type.GetGenericArguments()[0], $"{path}[{i}]") is { } entry)
                list.Add(entry);
        return list;
    }

    private object? Wrong(SourceNode node, string path, string wanted)
    {
        file.Unreadable(node.Line, path, $"is {node.KindName}. Write {wanted}.");
        return null;
    }
}
