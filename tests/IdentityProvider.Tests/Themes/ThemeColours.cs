using System.Globalization;
using System.Text;
using System.Text.Json;
using IdentityProvider.Themes;
using Xunit;

namespace IdentityProvider.Tests.Themes;

public sealed class ThemeColours
{
    private static readonly ThemeManifest BuiltIn = ThemeManifest.Parse(ThemeFiles.BuiltIn["theme.json"]);

    [Theory]
    [InlineData("#fff")]
    [InlineData("#2B50D0")]
    [InlineData("#2b50d080")]
    [InlineData("rebeccapurple")]
    [InlineData("rgb(43 80 208)")]
    [InlineData("rgba(43, 80, 208, 0.5)")]
    [InlineData("hsl(227deg 66% 49% / 50%)")]
    [InlineData("oklch(0.5 0.2 265)")]
    public void A_colour_of_CSS_reaches_the_style_sheet(string color)
    {
        var css = With(color).Colors.ToCss();
        Assert.Contains($"--accent:{color};", css, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#12")]
    [InlineData("blurple")]
    [InlineData("ButtonFace")]
    [InlineData("red;}body{display:none")]
    [InlineData("url(https://elsewhere.example/x)")]
    [InlineData("var(--x)")]
    [InlineData("rgb(1 2 3);--x:1")]
    [InlineData("rgb(1 2 3)\n}")]
    [InlineData("rgb(/*)")]
    [InlineData("")]
    public void Anything_else_is_refused(string color)
    {
        var fault = Assert.Throws<ThemeFault>(() => With(color));
        Assert.Contains("colors.light.accent", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_colour_left_out_is_the_built_in_one()
    {
        var css = With("#123456").Colors.Over(BuiltIn.Colors).ToCss();
        Assert.Contains("--accent:#123456;", css, StringComparison.Ordinal);
        Assert.Contains($"--danger:{BuiltIn.Colors.Dark.Danger};", css, StringComparison.Ordinal);
        Assert.DoesNotContain(":;", css, StringComparison.Ordinal);
    }

    // WCAG 2.2: 1.4.3 for text, 1.4.11 for the edges of controls and the focus ring.
    [Theory]
    [InlineData("text", "background", 7)]
    [InlineData("text", "surface", 7)]
    [InlineData("muted", "background", 4.5)]
    [InlineData("muted", "surface", 4.5)]
    [InlineData("accent", "surface", 4.5)]
    [InlineData("accent-text", "accent", 4.5)]
    [InlineData("danger", "surface", 4.5)]
    [InlineData("success", "surface", 4.5)]
    [InlineData("control", "surface", 3)]
    [InlineData("focus", "surface", 3)]
    [InlineData("focus", "background", 3)]
    public void The_built_in_theme_can_be_read_in_light_and_dark(string above, string below, double least)
    {
        foreach (var palette in new[] { BuiltIn.Colors.Light, BuiltIn.Colors.Dark })
        {
            var colors = palette.All.ToDictionary(color => color.Name, color => Luminance(color.Value!));
            var (one, other) = (colors[above], colors[below]);
            Assert.InRange((Math.Max(one, other) + 0.05) / (Math.Min(one, other) + 0.05), least, 21);
        }
    }

    private static ThemeManifest With(string color) =>
        ThemeManifest.Parse(Encoding.UTF8.GetBytes($$"""{ "colors": { "light": { "accent": {{JsonSerializer.Serialize(color)}} } } }"""));

    private static double Luminance(string hex)
    {
        double Channel(int at)
        {
            var value = int.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
        return (0.2126 * Channel(1)) + (0.7152 * Channel(3)) + (0.0722 * Channel(5));
    }
}
