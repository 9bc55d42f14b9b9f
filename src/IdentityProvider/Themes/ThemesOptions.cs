using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Themes;

/// <summary>Which theme dresses the hosted pages.</summary>
public sealed class ThemesOptions
{
    /// <summary>The folder that holds one folder per theme; relative to the content root. Default <c>themes</c>.</summary>
    [Required]
    public string Path { get; set; } = "themes";

    /// <summary>
    /// The folder of the theme in use: small letters, digits and dashes. Default <c>default</c>.
    /// A file it lacks is taken from the theme built into the server, so a theme may be a <c>theme.json</c> and a logo.
    /// </summary>
    [Required, RegularExpression("^[a-z0-9][a-z0-9-]{0,40}$", ErrorMessage = "Name a folder in small letters, digits and dashes.")]
    public string Name { get; set; } = "default";
}
