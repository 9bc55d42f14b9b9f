using System.Text.RegularExpressions;
using Fluid;

namespace IdentityProvider.Themes;

/// <summary>One file with its parts, each below a line like <c>--- subject</c>. A layout has no subject.</summary>
internal sealed partial record MailTemplate(IFluidTemplate Subject, IFluidTemplate Text, IFluidTemplate Html)
{
    private static readonly FluidParser Parser = new();

    public static MailTemplate Parse(string file, string source)
    {
        var pieces = PartLine().Split(source);
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 1; i + 1 < pieces.Length; i += 2)
            parts[pieces[i]] = pieces[i + 1];
        if (!parts.ContainsKey("text") || !parts.ContainsKey("html"))
            throw new ThemeFault($"{file} needs a line \"--- text\" and a line \"--- html\", and below each what to send.");
        return new MailTemplate(Part("subject"), Part("text"), Part("html"));

        IFluidTemplate Part(string name) => Parser.TryParse(parts.GetValueOrDefault(name, ""), out var template, out var error)
            ? template
            : throw new ThemeFault($"{file}, part {name}: {error}");
    }

    [GeneratedRegex(@"^--- (subject|text|html)[ \t]*\r?$\n?", RegexOptions.Multiline)]
    private static partial Regex PartLine();
}
