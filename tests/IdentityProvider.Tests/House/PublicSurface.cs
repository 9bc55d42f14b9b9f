using System.Reflection;
using System.Text;
using IdentityProvider.AspNetCore;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.House;

public sealed class PublicSurface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Theory]
    [InlineData(typeof(Store), "public-surface")]
    [InlineData(typeof(HeldPermissions), "package-surface")]
    public void What_others_can_call_is_written_down(Type one, string file)
    {
        var text = new StringBuilder();
        foreach (var type in one.Assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(Name(type, full: true)).Append(Bases(type)).Append('\n');
            foreach (var line in type.GetMembers(Declared).Select(Line).OfType<string>().Order(StringComparer.Ordinal))
                text.Append("    ").Append(line).Append('\n');
        }

        Snapshot.Matches($"docs/reference/{file}.txt", text.ToString());
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Bases(Type type)
    {
        if (type.IsEnum)
            return "";
        var inherited = type.GetInterfaces().SelectMany(i => i.GetInterfaces()).Concat(type.BaseType?.GetInterfaces() ?? []);
        var names = type.GetInterfaces().Except(inherited).Select(i => Name(i)).Order(StringComparer.Ordinal)
            .Prepend(type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? Name(parent) : "").Where(n => n.Length > 0).ToList();
        return names.Count == 0 ? "" : " : " + string.Join(", ", names);
    }

    private static string? Line(MemberInfo member) => member switch
    {
        ConstructorInfo constructor when Seen(constructor) => $"new({Parameters(constructor)})",
        MethodInfo { IsSpecialName: false } method when Seen(method) => $"{Static(method)}{Name(method.ReturnType)} {method.Name}{Generics(method.GetGenericArguments())}({Parameters(method)})",
        PropertyInfo property when property.GetAccessors(nonPublic: true).Any(Seen) =>
            $"{Static(property.GetAccessors(nonPublic: true)[0])}{Name(property.PropertyType)} {property.Name} {{ {string.Join(' ', new[] { (property.GetMethod, "get;"), (property.SetMethod, "set;") }.Where(a => a.Item1 is { } accessor && Seen(accessor)).Select(a => a.Item2))} }}",
        FieldInfo { DeclaringType.IsEnum: true, IsStatic: true } value => $"{value.Name} = {value.GetRawConstantValue()}",
        FieldInfo { IsSpecialName: false } field when field.IsPublic || field.IsFamily => $"{(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{Name(field.FieldType)} {field.Name}{(field.IsLiteral ? $" = {field.GetRawConstantValue()}" : "")}",
        EventInfo raised when raised.AddMethod is { } add && Seen(add) => $"event {Name(raised.EventHandlerType!)} {raised.Name}",
        _ => null,
    };

    private static bool Seen(MethodBase method) => method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static string Static(MethodBase method) => (method.IsPublic ? "" : "protected ") + (method.IsStatic ? "static " : "");

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = " + (p.RawDefaultValue ?? "default") : "")}"));

    private static string Generics(Type[] arguments) => arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(a => Name(a)))}>";

    private static string Name(Type type, bool full = false)
    {
        if (type.IsByRef || type.IsArray)
            return type.IsArray ? Name(type.GetElementType()!) + "[]" : "ref " + Name(type.GetElementType()!);
        var name = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        return (full ? type.Namespace + "." : "") + name.Split('`')[0] + Generics(type.GetGenericArguments());
    }
}
