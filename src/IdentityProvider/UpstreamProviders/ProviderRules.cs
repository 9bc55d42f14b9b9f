using System.Text.Json;
using IdentityProvider.Platform.Validation;

namespace IdentityProvider.UpstreamProviders;

/// <summary>What a provider must be to work, said in sentences.</summary>
internal static class ProviderRules
{
    public static string OutsideName(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);

    /// <param name="provider">What is asked for.</param>
    /// <param name="roles">The names of the roles there are.</param>
    public static IEnumerable<Problem> Problems(ProviderMetadata provider, IReadOnlyCollection<string> roles) =>
    [
        .. Constraints.Check(provider, OutsideName), .. Constraints.Check(provider.Claims, name => $"claims.{OutsideName(name)}"),
        .. Names(provider), .. Addresses(provider), .. Scopes(provider), .. Domains(provider), .. Tenants(provider), .. Roles(provider, roles),
    ];

    private static IEnumerable<Problem> Names(ProviderMetadata provider)
    {
        if (provider.Name.Length is > 0 and <= 50 && (provider.Name.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-') || provider.Name[0] == '-'))
            yield return new Problem("name", "is not a short name. Use lower-case letters, digits and hyphens, and start with a letter or digit.");
        if (string.IsNullOrWhiteSpace(provider.DisplayName) && provider.Kind != ProviderKinds.Google)
            yield return new Problem("display_name", "is missing. Give it a value.");
        if (provider.DisplayName?.Any(char.IsControl) == true)
            yield return new Problem("display_name", "has a control character. Write one line.");
        if (provider.SignsOut && provider.Kind != ProviderKinds.OpenIdConnect)
            yield return new Problem("signs_out", "is only for openid_connect. Remove it.");
        if (provider.ClientSecret is null && provider.Kind is ProviderKinds.Google or ProviderKinds.OAuth2)
            yield return new Problem("client_secret", "is missing. Give it a value.");
    }

    private static IEnumerable<Problem> Addresses(ProviderMetadata provider)
    {
        if (provider.Kind == ProviderKinds.OpenIdConnect && string.IsNullOrEmpty(provider.Issuer))
            yield return new Problem("issuer", "is missing. Give it a value.");
        else if (provider.Kind != ProviderKinds.OpenIdConnect && provider.Issuer is not null)
            yield return new Problem("issuer", "is only for openid_connect. Remove it.");
        else if (provider.Issuer is { } issuer && (!IsAddress(issuer) || issuer.Contains('?', StringComparison.Ordinal)))
            yield return new Problem("issuer", "is not an issuer. Write https://host/path as the discovery document says it; http is for localhost.");

        (string Name, string? Value)[] endpoints = [("authorization_endpoint", provider.AuthorizationEndpoint), ("token_endpoint", provider.TokenEndpoint), ("userinfo_endpoint", provider.UserinfoEndpoint)];
        foreach (var (name, value) in endpoints)
        {
            if (provider.Kind == ProviderKinds.OAuth2 && string.IsNullOrEmpty(value))
                yield return new Problem(name, "is missing. Give it a value.");
            else if (provider.Kind == ProviderKinds.OpenIdConnect && value is not null)
                yield return new Problem(name, "is in the discovery document of an openid_connect provider. Remove it.");
            else if (value is not null && !IsAddress(value))
                yield return new Problem(name, "is not an address. Write https://host/path; http is for localhost.");
            else if (provider.Kind == ProviderKinds.Google && value is not null && !new Uri(value).IsLoopback)
                yield return new Problem(name, "is Google's own. Remove it; only a test on localhost may stand in for Google, and in Development only.");
        }
    }

    private static IEnumerable<Problem> Scopes(ProviderMetadata provider)
    {
        if (provider.Kind != ProviderKinds.OAuth2 && provider.Scopes?.Contains("openid") == false)
            yield return new Problem("scopes", "has no openid, without which nobody is signed in. Add it.");
        foreach (var (scope, i) in (provider.Scopes ?? []).Select((scope, i) => (scope, i)))
            if (scope.Length is 0 or > 60 || scope.Any(c => c is <= ' ' or > '~' or '"' or '\\'))
                yield return new Problem($"scopes[{i}]", "is not a scope. Give 1 to 60 visible ASCII characters.");
    }

    private static IEnumerable<Problem> Domains(ProviderMetadata provider)
    {
        foreach (var (domain, i) in provider.Domains.Select((domain, i) => (domain, i)))
            if (EmailAddress.AsciiDomain(domain) is null)
                yield return new Problem($"domains[{i}]", "is no domain. Write it like example.com.");
    }

    private static IEnumerable<Problem> Tenants(ProviderMetadata provider)
    {
        var issuer = provider.Issuer ?? "";
        var isTemplate = IssuerTemplate.IsOne(issuer);
        if (IsAddress(issuer) && (isTemplate ? !IsTemplate(issuer) : issuer.Any(c => c is '{' or '}')))
            yield return new Problem("issuer", "has a brace that is not {tenantid}, once and as a whole part of the path. Write it like https://login.microsoftonline.com/{tenantid}/v2.0.");
        if (provider.Tenants.Count > 0 && !isTemplate)
            yield return new Problem("tenants", "is only for an issuer with {tenantid}. Remove it.");
        foreach (var (tenant, i) in provider.Tenants.Select((tenant, i) => (tenant, i)))
            if (!IssuerTemplate.IsTenant(tenant))
                yield return new Problem($"tenants[{i}]", "is no tenant. Give the id that stands in the issuer: letters, digits and hyphens.");

        // Whoever opens a tenant of their own writes into it what addresses they like.
        if (isTemplate && provider is { TrustsEmail: true, Tenants.Count: 0 })
            yield return new Problem("trusts_email", "is true for the addresses of every tenant there is. List the tenants you trust under tenants, or remove it.");
    }

    private static bool IsTemplate(string issuer)
    {
        var filled = issuer.Replace($"/{IssuerTemplate.Hole}/", "/x/", StringComparison.Ordinal);
        return issuer.Length - filled.Length == IssuerTemplate.Hole.Length - 1 && !filled.Any(c => c is '{' or '}')
            && Uri.TryCreate(filled, UriKind.Absolute, out var uri) && uri.AbsolutePath.Contains("/x/", StringComparison.Ordinal);
    }

    private static IEnumerable<Problem> Roles(ProviderMetadata provider, IReadOnlyCollection<string> roles)
    {
        foreach (var (rule, i) in provider.RoleRules.Select((rule, i) => (rule, i)))
        {
            foreach (var problem in Constraints.Check(rule, name => $"role_rules[{i}].{OutsideName(name)}"))
                yield return problem;
            if (rule.Role.Length > 0 && !roles.Contains(rule.Role))
                yield return new Problem($"role_rules[{i}].role", $"\"{Constraints.Shown(rule.Role)}\" is no role.{(NearestName.Question(rule.Role, roles) is { Length: > 0 } question ? question : " Describe it under roles, or remove it.")}");
        }
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.UserInfo.Length == 0 && !text.Any(c => c is <= ' ' or > '~' or '#' or '@');
}
