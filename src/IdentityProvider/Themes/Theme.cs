using System.Collections.Frozen;
using System.Text;

namespace IdentityProvider.Themes;

/// <summary>A theme that was read, checked and tried out. It never changes; an edited folder makes another one.</summary>
internal sealed class Theme
{
    private static readonly ThemeAsset[] Scripts = [.. ThemeFiles.Scripts.Select(script => new ThemeAsset(script.Key, "text/javascript; charset=utf-8", script.Value))];
    private readonly FrozenDictionary<string, ThemeAsset> _assets;
    private readonly LayoutTemplate _layout;
    private readonly MailTemplates _mails;

    /// <param name="files">What the folder holds; the rest is built in.</param>
    public Theme(IReadOnlyDictionary<string, byte[]> files)
    {
        var manifest = ThemeManifest.Parse(Content(ThemeFiles.Manifest, files));
        var builtIn = ThemeManifest.Parse(ThemeFiles.BuiltIn[ThemeFiles.Manifest]);
        var colors = new ThemeAsset("colors.css", "text/css; charset=utf-8", Encoding.UTF8.GetBytes(manifest.Colors.Over(builtIn.Colors).ToCss()));
        _assets = ThemeFiles.BuiltIn.Keys.Union(files.Keys)
            .Where(name => name.StartsWith(ThemeFiles.Assets, StringComparison.Ordinal))
            .Select(name => (Name: name[ThemeFiles.Assets.Length..], Content: Content(name, files)))
            .Where(file => ThemeFiles.ContentType(file.Name) is not null)
            .Select(file => new ThemeAsset(file.Name, ThemeFiles.ContentType(file.Name)!, file.Content))
            .Where(asset => asset.Name != colors.Name)
            .Append(colors).Concat(Scripts)
            .ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);
        Logo = manifest.Logo is { } logo ? Asset(logo).HashedName : null;
        Icon = manifest.Icon is { } icon ? Asset(icon).HashedName : Logo;
        ProductName = manifest.ProductName;
        Links = manifest.Links;
        _layout = new LayoutTemplate(this, Encoding.UTF8.GetString(Content(ThemeFiles.Layout, files)).TrimStart('\uFEFF'));
        _mails = new MailTemplates(
            ThemeFiles.BuiltIn.Keys.Union(files.Keys).Where(name => name.StartsWith(ThemeFiles.Mails, StringComparison.Ordinal)).ToDictionary(name => name, name => Content(name, files)),
            manifest.Colors.Over(builtIn.Colors));
    }

    public string? ProductName { get; }
    public string? Logo { get; }
    public string? Icon { get; }
    public ThemeLinks Links { get; }

    public ThemeAsset Asset(string name) =>
        _assets.GetValueOrDefault(name) ?? throw new ThemeFault($"There is no assets/{name}, or a theme cannot bring such a file.");

    public ThemeAsset? Find(string name) => _assets.GetValueOrDefault(name);

    public ValueTask<string> RenderAsync(FramedPage page) => _layout.RenderAsync(page);

    /// <summary>A mail with its frame.</summary>
    /// <param name="template">The name of the text: <c>mail/{template}.liquid</c>, or the one in the folder of the language.</param>
    /// <param name="language">BCP 47.</param>
    /// <param name="values">What the text shows.</param>
    /// <param name="frame">Who sends it.</param>
    public Task<MailText> RenderMailAsync(string template, string? language, IReadOnlyDictionary<string, string> values, MailFrame frame) =>
        _mails.RenderAsync(template, language, values, ProductName is { } name ? frame with { ProductName = name } : frame, Links);

    private static byte[] Content(string name, IReadOnlyDictionary<string, byte[]> files) =>
        files.GetValueOrDefault(name) ?? ThemeFiles.BuiltIn[name];
}
