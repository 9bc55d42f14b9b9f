using System.Drawing;
using System.Text;
using System.Text.RegularExpressions;

namespace IdentityProvider.Themes;

/// <summary>The colours of a theme for each scheme a device may ask for; one left out is the built-in theme's.</summary>
internal sealed record ThemeColors
{
    public ThemePalette Light { get; init; } = new();
    public ThemePalette Dark { get; init; } = new();

    public ThemeColors Over(ThemeColors other) => new() { Light = Light.Over(other.Light), Dark = Dark.Over(other.Dark) };

    public void Check()
    {
        Light.Check("light");
        Dark.Check("dark");
    }

    public string ToCss() =>
        $":root{{color-scheme:light dark;{Light.ToCss()}}}\n@media (prefers-color-scheme:dark){{:root{{{Dark.ToCss()}}}}}\n";
}

/// <summary>CSS colours by what they are for: hexadecimal, a colour function with numbers, or a name of CSS.</summary>
internal sealed partial record ThemePalette
{
    public string? Background { get; init; }
    public string? Surface { get; init; }
    public string? Text { get; init; }
    public string? Muted { get; init; }
    /// <summary>Lines that only part things; the edge of a control is <see cref="Control"/> and needs contrast 3:1.</summary>
    public string? Line { get; init; }
    public string? Control { get; init; }
    public string? Accent { get; init; }
    public string? AccentText { get; init; }
    public string? Focus { get; init; }
    public string? Danger { get; init; }
    public string? Success { get; init; }

    public IEnumerable<(string Name, string? Value)> All =>
    [
        ("background", Background), ("surface", Surface), ("text", Text), ("muted", Muted), ("line", Line), ("control", Control),
        ("accent", Accent), ("accent-text", AccentText), ("focus", Focus), ("danger", Danger), ("success", Success),
    ];

    public ThemePalette Over(ThemePalette other) => new()
    {
        Background = Background ?? other.Background,
        Surface = Surface ?? other.Surface,
        Text = Text ?? other.Text,
        Muted = Muted ?? other.Muted,
        Line = Line ?? other.Line,
        Control = Control ?? other.Control,
        Accent = Accent ?? other.Accent,
        AccentText = AccentText ?? other.AccentText,
        Focus = Focus ?? other.Focus,
        Danger = Danger ?? other.Danger,
        Success = Success ?? other.Success,
    };

    /// <summary>A value is written into a style sheet: whatever could end a declaration and start another is refused here.</summary>
    public void Check(string scheme)
    {
        foreach (var (name, value) in All)
            if (value is not null && !IsColor(value))
                throw new ThemeFault($"theme.json: colors.{scheme}.{name.Replace('-', '_')} is not a CSS colour; write it as #2b50d0, rgb(43 80 208) or oklch(0.5 0.2 265).");
    }

    public string ToCss() => All.Aggregate(new StringBuilder(), (css, color) => css.Append("--").Append(color.Name).Append(':').Append(color.Value).Append(';')).ToString();

    private static bool IsColor(string value) =>
        Hexadecimal().IsMatch(value) || Function().IsMatch(value) || (Letters().IsMatch(value) && Color.FromName(value) is { IsKnownColor: true, IsSystemColor: false });

    [GeneratedRegex(@"\A#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\z")]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"\A(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\((?: |,|/|-?[0-9]{1,4}(?:\.[0-9]{1,6})?(?:%|deg|rad|turn)?|none){3,20}\)\z")]
    private static partial Regex Function();

    [GeneratedRegex(@"\A[a-zA-Z]{3,20}\z")]
    private static partial Regex Letters();
}
