using System.ComponentModel;
using System.Reflection;

namespace IdentityProvider.Platform.Settings;

/// <summary>How the configuration binder sees a type: what is one value, a list, a dictionary, or a group of settings.</summary>
internal static class SettingsShape
{
    /// <summary>The properties the binder fills: public, and either settable or a collection or group that is there already.</summary>
    public static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0)
            .Where(property => property.SetMethod is { IsPublic: true } || !IsValue(property.PropertyType));

    public static bool IsValue(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) || type == typeof(object) || type == typeof(byte[]) || type == typeof(Uri) || type.IsPrimitive || type.IsEnum
            || (type.IsValueType && TypeDescriptor.GetConverter(type).CanConvertFrom(typeof(string)));
    }

    /// <summary>The type of a dictionary's values, if it is one with text keys.</summary>
    public static Type? DictionaryOf(Type type) =>
        Interfaces(type).FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() is var open
            && (open == typeof(IDictionary<,>) || open == typeof(IReadOnlyDictionary<,>)))?.GetGenericArguments()[1];

    /// <summary>The type of a list's items, if it is one.</summary>
    public static Type? ListOf(Type type) =>
        DictionaryOf(type) is not null || IsValue(type) ? null
        : Interfaces(type).FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];

    private static IEnumerable<Type> Interfaces(Type type) => type.IsInterface ? [type, .. type.GetInterfaces()] : type.GetInterfaces();
}
