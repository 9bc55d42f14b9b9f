namespace IdentityProvider.UpstreamProviders;

/// <summary>
/// The issuer of a provider with many tenants, each of which is an issuer of its own: <c>https://login.microsoftonline.com/{tenantid}/v2.0</c>.
/// A token fills it in by its claim <c>tid</c>. Nothing else of an issuer is ever variable.
/// </summary>
internal static class IssuerTemplate
{
    public const string Hole = "{tenantid}";

    /// <summary>Where the document of all tenants is.</summary>
    private const string AllTenants = "common";

    public static bool IsOne(string issuer) => issuer.Contains(Hole, StringComparison.Ordinal);

    /// <summary>The address below which the discovery document is found.</summary>
    public static string Authority(string issuer) => issuer.Replace(Hole, AllTenants, StringComparison.Ordinal);

    /// <summary>The one issuer that a token of this tenant may have; null when the tenant is not let in, or is no name of one.</summary>
    public static string? IssuerOf(UpstreamProvider provider, string? tenant) =>
        IsTenant(tenant) && (provider.Tenants.Count == 0 || provider.Tenants.Contains(tenant!, StringComparer.OrdinalIgnoreCase)) ? provider.Issuer.Replace(Hole, tenant, StringComparison.Ordinal) : null;

    public static bool IsTenant(string? text) => text is { Length: > 0 and <= 64 } && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
