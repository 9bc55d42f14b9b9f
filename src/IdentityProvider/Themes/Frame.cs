using System.Globalization;
using IdentityProvider.Platform;
using Microsoft.AspNetCore.Html;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Themes;

/// <summary>Puts the frame of the current theme around the body of a page.</summary>
internal sealed class Frame(CurrentTheme current, IOptions<IdentityProviderOptions> options)
{
    public async Task<IHtmlContent> RenderAsync(string? title, bool failed, string body, string navigation, string pathBase)
    {
        var theme = current.Get();
        try
        {
            return new HtmlString(await theme.RenderAsync(Page(theme)));
        }
        catch (Exception fault) when (theme != CurrentTheme.BuiltIn)
        {
            current.Refuse(theme, fault);
            return new HtmlString(await CurrentTheme.BuiltIn.RenderAsync(Page(CurrentTheme.BuiltIn)));
        }

        FramedPage Page(Theme theme)
        {
            var product = theme.ProductName ?? options.Value.ProductName;
            var culture = CultureInfo.CurrentUICulture;
            return new FramedPage(
                // Who cannot see the summary hears first that something went wrong.
                (failed ? "Error: " : "") + (string.IsNullOrEmpty(title) ? product : $"{title} - {product}"),
                body,
                navigation,
                product,
                culture.Name.Length == 0 ? "en" : culture.Name,
                culture.TextInfo.IsRightToLeft ? "rtl" : "ltr",
                pathBase);
        }
    }
}
