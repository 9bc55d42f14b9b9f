using System.Text.Encodings.Web;
using System.Text.Unicode;
using Fluid;
using Fluid.Values;

namespace IdentityProvider.Themes;

/// <summary>
/// A page and what the frame puts around it: the title of the browser's tab, body and navigation as HTML that was encoded where it
/// was made (the navigation is empty on pages of a sign-in), and the path of the issuer before <c>/theme</c>, empty at the root.
/// </summary>
internal sealed record FramedPage(string Title, string Body, string Navigation, string ProductName, string Language, string Direction, string PathBase);

/// <summary><c>layout.liquid</c>: every value is encoded but the body, no file can be included, and loops end.</summary>
internal sealed class LayoutTemplate
{
    private static readonly FluidParser Parser = new();
    // Fluid encodes nothing unless it is given an encoder.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly TemplateOptions _options = new() { MaxSteps = 10_000, MaxRecursion = 20 };
    private readonly IFluidTemplate _template;
    private readonly Theme _theme;

    /// <summary>A layout that knows no navigation must not lock people out of their account: it comes first in the body then.</summary>
    private readonly bool _placesNavigation;

    public LayoutTemplate(Theme theme, string source)
    {
        _theme = theme;
        _placesNavigation = source.Contains("navigation", StringComparison.Ordinal);
        _options.Filters.AddFilter("asset", (name, _, context) =>
            new StringValue(Address(context.GetValue("path_base").ToStringValue(), theme.Asset(name.ToStringValue()).HashedName)));
        if (!Parser.TryParse(source, out var template, out var error))
            throw new ThemeFault($"layout.liquid: {error}");
        _template = template;
    }

    public ValueTask<string> RenderAsync(FramedPage page)
    {
        var context = new TemplateContext(_options);
        context.SetValue("title", page.Title);
        context.SetValue("body", new StringValue(_placesNavigation ? page.Body : page.Navigation + page.Body, encode: false));
        context.SetValue("navigation", page.Navigation.Length > 0 ? new StringValue(page.Navigation, encode: false) : NilValue.Instance);
        context.SetValue("product_name", page.ProductName);
        context.SetValue("lang", page.Language);
        context.SetValue("dir", page.Direction);
        context.SetValue("path_base", page.PathBase);
        context.SetValue("colors", Address(page.PathBase, _theme.Asset("colors.css").HashedName));
        context.SetValue("script", Address(page.PathBase, _theme.Asset("page.js").HashedName));
        SetText(context, "logo", _theme.Logo is { } logo ? Address(page.PathBase, logo) : null);
        SetText(context, "icon", _theme.Icon is { } icon ? Address(page.PathBase, icon) : "data:,");
        context.SetValue("links", new Dictionary<string, string?> { ["privacy"] = _theme.Links.Privacy, ["terms"] = _theme.Links.Terms, ["help"] = _theme.Links.Help });
        return _template.RenderAsync(context, Encoder);
    }

    private static void SetText(TemplateContext context, string name, string? text) =>
        context.SetValue(name, text is null ? NilValue.Instance : new StringValue(text));

    private static string Address(string pathBase, string file) => $"{pathBase}/theme/{file}";
}
