using Microsoft.AspNetCore.Http;
using Mono.Cecil;

namespace IdentityProvider.Tests.House;

/// <summary>The arrows of a built assembly. A room is the first word of a namespace behind IdentityProvider; a page belongs to the room of its file.</summary>
internal static class RoomGraph
{
    private const string Root = "IdentityProvider";
    private static readonly Lazy<IReadOnlyCollection<Import>> ReadHouse = new(() => Read(Checkout.House));

    public static IReadOnlyCollection<Import> House => ReadHouse.Value;

    public static IEnumerable<string> Rooms(IEnumerable<Import> imports) =>
        imports.SelectMany(i => new[] { i.FromRoom, i.ToRoom }).Distinct().Where(room => room != ImportTable.List).Order(StringComparer.Ordinal);

    /// <summary>What the assembly mentions of the house; a type that uses nothing appears as its own import, so that no room is overlooked.</summary>
    public static IReadOnlyCollection<Import> Read(string path)
    {
        // Values of enumerations in attributes are read through the assembly that defines them.
        using var resolver = new DefaultAssemblyResolver();
        foreach (var known in new[] { path, typeof(object).Assembly.Location, typeof(HttpContext).Assembly.Location })
            resolver.AddSearchDirectory(Path.GetDirectoryName(known));
        using var module = ModuleDefinition.ReadModule(path, new ReaderParameters { AssemblyResolver = resolver });
        var pages = Pages(module.Assembly);
        return
        [
            .. from type in module.Types
               let room = RoomOf(type, pages)
               where room is not null
               from used in TypeWalk.MentionedBy(type).Select(Outermost).Append(type).DistinctBy(t => t.FullName)
               let usedRoom = RoomOf(used, pages)
               where usedRoom is not null
               select new Import(room, type.FullName, usedRoom, used.FullName),
        ];
    }

    /// <summary>Rooms that reach themselves through others.</summary>
    public static IEnumerable<string> Circles(IEnumerable<Import> imports)
    {
        var next = imports.Where(i => i.FromRoom != i.ToRoom).ToLookup(i => i.FromRoom, i => i.ToRoom);
        return next.Select(room => room.Key).Where(room =>
        {
            var reached = new HashSet<string>();
            var open = new Stack<string>(next[room]);
            while (open.TryPop(out var at))
                if (reached.Add(at))
                    foreach (var further in next[at])
                        open.Push(further);
            return reached.Contains(room);
        });
    }

    private static TypeReference Outermost(TypeReference type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static string? RoomOf(TypeReference type, Dictionary<string, string> pages)
    {
        if (pages.TryGetValue(type.FullName, out var file))
            return file.Split('/') is [_, var folder, _, ..] ? folder : ImportTable.List;
        var names = type.Namespace.Split('.');
        return names[0] != Root ? null : names.Length > 1 ? names[1] : ImportTable.List;
    }

    /// <summary>Compiled Razor lies in one namespace; the assembly says which file each type came from.</summary>
    private static Dictionary<string, string> Pages(AssemblyDefinition assembly) => assembly.CustomAttributes
        .Where(a => a.AttributeType.Name == "RazorCompiledItemAttribute")
        .ToDictionary(a => ((TypeReference)a.ConstructorArguments[0].Value).FullName, a => (string)a.ConstructorArguments[2].Value);
}
