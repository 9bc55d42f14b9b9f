using System.Text;
using System.Text.RegularExpressions;

namespace IdentityProvider.Admin.Clients;

/// <summary>
/// Code to start with, in one language. The text lies in Snippets/, one file each: a head of a few lines, then code with places for values. A value always
/// comes with the quotes of its language around it and is encoded for it, so that no template can forget to.
/// </summary>
/// <param name="Name">As addresses say it: the name of the file.</param>
/// <param name="Title">As people read it.</param>
/// <param name="Language">How its texts are quoted.</param>
/// <param name="Kinds">The kinds of application it is for.</param>
/// <param name="Install">The command that brings its library; null: it needs none.</param>
/// <param name="Needs">What a client must have for the code to be any use (as <see cref="SnippetValues.Has"/> knows it); null: nothing.</param>
/// <param name="Code">With places, and lines that are there for some clients only.</param>
internal sealed partial record Snippet(string Name, string Title, SnippetLanguage Language, IReadOnlyList<string> Kinds, string? Install, string? Needs, string Code)
{
    /// <summary>In the order of the page.</summary>
    private static readonly string[] Order =
    [
        "aspnetcore", "blazor", "minimal-api", "worker", "desktop", "maui", "react", "angular", "nextjs", "node", "python", "go", "spring", "php", "curl", "curl-device", "curl-introspection",
    ];

    public static readonly IReadOnlyList<Snippet> All = [.. Order.Select(Read)];

    public bool IsFor(ClientKind kind) => Kinds.Contains(kind.Name);

    public bool IsPossible(SnippetValues values) => Needs is null || values.Has(Needs);

    /// <summary>The code with the values of a client. What is filled in is not looked through again.</summary>
    public string Fill(SnippetValues values) => string.Join('\n', Code.Split('\n').Select(line => Marked().Match(line)).Where(line => !line.Groups["flag"].Success || values.Has(line.Groups["flag"].Value))
        .Select(line => Place().Replace(line.Groups["rest"].Value, place => values.Of(place.Groups[1].Value, Language))));

    private static Snippet Read(string name)
    {
        using var reader = new StreamReader(typeof(Snippet).Assembly.GetManifestResourceStream($"snippet/{name}.txt")!, Encoding.UTF8);
        var parts = reader.ReadToEnd().Split("\n---\n", 2);
        var head = parts[0].Split('\n').Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return new Snippet(name, head["title"], Enum.Parse<SnippetLanguage>(head["language"], ignoreCase: true), head["kinds"].Split(' '), head.GetValueOrDefault("install"), head.GetValueOrDefault("needs"), parts[1].TrimEnd('\n'));
    }

    /// <summary>A line that is there for some clients only.</summary>
    [GeneratedRegex(@"\A(?:\{\{#(?<flag>[a-z]+)\}\})?(?<rest>.*)\z", RegexOptions.Singleline)]
    private static partial Regex Marked();

    [GeneratedRegex(@"\{\{([a-z_]+)\}\}")]
    private static partial Regex Place();
}
