using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid;
using Fluid.Values;

namespace IdentityProvider.Themes;

/// <summary>
/// The mails of a theme: <c>mail/{name}.liquid</c>, and <c>mail/{language}/{name}.liquid</c> in other languages than English.
/// Every value is encoded in HTML, and one line everywhere: no value makes a header, a paragraph or a link of its own.
/// </summary>
internal sealed class MailTemplates
{
    private const string Layout = "layout";
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly TemplateOptions _options = new() { MaxSteps = 10_000, MaxRecursion = 20 };
    private readonly FrozenDictionary<string, MailTemplate> _templates;
    private readonly ThemeColors _colors;

    public MailTemplates(IReadOnlyDictionary<string, byte[]> files, ThemeColors colors)
    {
        _colors = colors;
        _templates = files.ToFrozenDictionary(
            file => file.Key[ThemeFiles.Mails.Length..^".liquid".Length],
            file => MailTemplate.Parse(file.Key, Encoding.UTF8.GetString(file.Value).TrimStart('\uFEFF')),
            StringComparer.Ordinal);
    }

    public async Task<MailText> RenderAsync(string name, string? language, IReadOnlyDictionary<string, string> values, MailFrame frame, ThemeLinks links)
    {
        var (template, spoken) = Find(name, language);
        var (layout, _) = Find(Layout, spoken);
        var context = Context(values, frame, links, spoken);
        var subject = OneLine(await template.Subject.RenderAsync(context, NullEncoder.Default));
        context.SetValue("subject", subject);
        return new MailText(
            subject,
            await FramedAsync(template.Text, layout.Text, NullEncoder.Default),
            await FramedAsync(template.Html, layout.Html, Encoder));

        async Task<string> FramedAsync(IFluidTemplate inner, IFluidTemplate outer, TextEncoder encoder)
        {
            context.SetValue("body", new StringValue((await inner.RenderAsync(context, encoder)).Trim(), encode: false));
            return (await outer.RenderAsync(context, encoder)).Trim() + "\n";
        }
    }

    /// <summary>The text in the person's language, or in the language without its region, or in English.</summary>
    private (MailTemplate Template, string Language) Find(string name, string? language)
    {
        for (var tag = language?.ToLowerInvariant() ?? ""; tag.Length > 0; tag = tag[..Math.Max(tag.LastIndexOf('-'), 0)])
            if (_templates.TryGetValue($"{tag}/{name}", out var translated))
                return (translated, tag);
        return (_templates.GetValueOrDefault(name) ?? throw new ThemeFault($"There is no mail/{name}.liquid."), "en");
    }

    private TemplateContext Context(IReadOnlyDictionary<string, string> values, MailFrame frame, ThemeLinks links, string language)
    {
        var context = new TemplateContext(_options);
        foreach (var (name, value) in values)
            context.SetValue(name, OneLine(value));
        context.SetValue("product_name", OneLine(frame.ProductName));
        context.SetValue("issuer", frame.Issuer.AbsoluteUri);
        context.SetValue("host", frame.Issuer.IdnHost);
        context.SetValue("lang", language);
        context.SetValue("dir", CultureInfo.GetCultureInfo(language).TextInfo.IsRightToLeft ? "rtl" : "ltr");
        context.SetValue("light", Palette(_colors.Light));
        context.SetValue("dark", Palette(_colors.Dark));

        // A mail has no page to which a path would belong.
        context.SetValue("links", new Dictionary<string, string?> { ["privacy"] = Absolute(links.Privacy), ["terms"] = Absolute(links.Terms), ["help"] = Absolute(links.Help) });
        return context;

        string? Absolute(string? link) => link is ['/', ..] ? new Uri(frame.Issuer, link).AbsoluteUri : link;
    }

    private static Dictionary<string, string?> Palette(ThemePalette palette) => palette.All.ToDictionary(color => color.Name.Replace('-', '_'), color => color.Value);

    /// <summary>Controls, separators and what turns text around become spaces: names are chosen by strangers.</summary>
    private static string OneLine(string text) => string.Concat(text.Trim().EnumerateRunes().Select(rune => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Format ? " " : rune.ToString()));
}
