using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdentityProvider.Themes;

/// <summary><c>theme.json</c>. A key it does not know is a fault: a typing error must not pass as "no such colour".</summary>
internal sealed record ThemeManifest
{
    /// <summary>For the operator's own overview.</summary>
    public string? Name { get; init; }

    /// <summary>1 to 60 characters; without it <c>IdentityProvider:ProductName</c> is shown.</summary>
    public string? ProductName { get; init; }

    /// <summary>A file in <c>assets/</c>, shown 32 pixels high beside the product's name.</summary>
    public string? Logo { get; init; }

    /// <summary>A file in <c>assets/</c> for the browser's tab; without it the logo.</summary>
    public string? Icon { get; init; }

    public ThemeLinks Links { get; init; } = new();

    public ThemeColors Colors { get; init; } = new();

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    public static ThemeManifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var bom = json.StartsWith("\uFEFF"u8) ? 3 : 0;
            return JsonSerializer.Deserialize<ThemeManifest>(json[bom..], Json)?.Checked()
                ?? throw new ThemeFault("theme.json holds no object.");
        }
        catch (JsonException fault)
        {
            throw new ThemeFault($"theme.json: {fault.Message}", fault);
        }
    }

    private ThemeManifest Checked()
    {
        if (ProductName is { Length: 0 or > 60 })
            throw new ThemeFault("theme.json: product_name must have 1 to 60 characters.");
        Links.Check();
        Colors.Check();
        return this;
    }
}

/// <summary>Where the footer leads.</summary>
internal sealed record ThemeLinks
{
    public string? Privacy { get; init; }
    public string? Terms { get; init; }
    public string? Help { get; init; }

    public void Check()
    {
        foreach (var (name, link) in new[] { ("privacy", Privacy), ("terms", Terms), ("help", Help) })
            if (link is not null && !Allowed(link))
                throw new ThemeFault($"theme.json: links.{name} must start with https://, http://, mailto: or one slash.");
    }

    /// <summary>No javascript: or data:, and no //host that looks like a path.</summary>
    private static bool Allowed(string link) =>
        (link.StartsWith('/') && !link.StartsWith("//", StringComparison.Ordinal) && !link.Contains('\\', StringComparison.Ordinal))
        || (Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" or "mailto");
}
