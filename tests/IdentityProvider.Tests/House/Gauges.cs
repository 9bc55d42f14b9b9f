using Mono.Cecil;
using Xunit;
using Xunit.Abstractions;

namespace IdentityProvider.Tests.House;

public sealed class Gauges(ITestOutputHelper output)
{
    private static readonly string[] EmptyFolderNames = ["Common", "Helpers", "Utils", "Services", "Managers", "Interfaces", "Implementations", "Models", "Controllers"];
    private static readonly string[] EmptySuffixes = ["Manager", "Helper", "Impl"];

    [Fact]
    public void Files_are_short()
    {
        var all = Lengths("src", ".cs", ".cshtml", ".css", ".js").Concat(Lengths("tests", ".cs")).OrderByDescending(f => f.Lines).ToList();
        foreach (var (path, lines) in all.Take(10))
            output.WriteLine($"{lines,4} {path}");
        Assert.DoesNotContain(all, f => f.Lines > 400);

        List<int> source = [.. Lengths("src", ".cs", ".cshtml").Select(f => f.Lines).Order()];
        output.WriteLine($"median in src: {source[source.Count / 2]} of {source.Count} files");
        Assert.True(source[source.Count / 2] <= 60);
    }

    [Fact]
    public void No_folder_is_a_drawer() =>
        Assert.Empty(new[] { "src", "tests", "samples", "themes" }.SelectMany(Checkout.Folders).Intersect(EmptyFolderNames, StringComparer.OrdinalIgnoreCase));

    [Fact]
    public void No_type_name_ends_in_a_word_that_says_nothing() => Assert.Empty(new[] { Checkout.House, Checkout.Package, Checkout.Tool }.SelectMany(SayNothing));

    private static List<string> SayNothing(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);

        // The framework's generator writes types into the assembly, under names and a namespace of its own.
        var named = from type in module.GetTypes()
                    where type.FullName.StartsWith(nameof(IdentityProvider), StringComparison.Ordinal)
                    from suffix in EmptySuffixes
                    where EndsIn(type, suffix) && !EndsIn(type.BaseType, suffix)
                    select type.FullName;
        return [.. named];
    }

    [Fact]
    public void Interfaces_are_few_and_say_why_they_are_there()
    {
        using var module = ModuleDefinition.ReadModule(Checkout.House);
        var interfaces = module.GetTypes().Where(t => t.IsInterface).Select(t => t.FullName).ToList();
        Assert.InRange(interfaces.Count, 1, 15);
        Assert.All(interfaces, name => Assert.Contains("reason", Checkout.Summary($"T:{name.Replace('/', '.')}"), StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        string[] words = ["TO" + "DO", "FIX" + "ME"];
        var left = from path in Checkout.Files("", ".cs", ".cshtml", ".css", ".js", ".liquid", ".json", ".md", ".yml", ".csproj", ".props", ".sh", "")
                   let text = Checkout.Read(path)
                   from word in words
                   where text.Contains(word, StringComparison.Ordinal)
                   select $"{path}: {word}";
        Assert.Empty(left);
    }

    private static IEnumerable<(string Path, int Lines)> Lengths(string folder, params string[] extensions) =>
        Checkout.Files(folder, extensions).Select(path => (path, Checkout.Read(path).AsSpan().TrimEnd().Count('\n') + 1));

    /// <summary>A base of the framework forces its word upon what derives from it; there the word is not ours.</summary>
    private static bool EndsIn(TypeReference? type, string suffix) => type is not null && type.Name.Split('`')[0].EndsWith(suffix, StringComparison.Ordinal);
}
