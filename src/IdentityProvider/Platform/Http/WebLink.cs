namespace IdentityProvider.Platform.Http;

/// <summary>Addresses that came from a client's registration, as far as a page may use them.</summary>
internal static class WebLink
{
    /// <summary>The address if it leads to the web; null for javascript:, data: and whatever else runs or reads.</summary>
    public static string? To(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" ? address : null;

    /// <summary>An image the pages' policy loads: written into the address itself, or served by this server.</summary>
    public static string? Image(string? address) =>
        address is not null && (address.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase)
            || (address.StartsWith('/') && !address.StartsWith("//", StringComparison.Ordinal))) ? address : null;
}
