using System.Globalization;
using System.Security.Claims;
using IdentityProvider.Platform.Validation;
using IdentityProvider.UpstreamProviders;

namespace IdentityProvider.Federation;

/// <summary>Who somebody is at a provider, in the words of OpenID Connect Core 1.0 section 5.1; every text bounded.</summary>
internal sealed record UpstreamIdentity(string Issuer, string Subject)
{
    private const int MaxText = 256;
    private const long MaxSeconds = 253402300799;

    /// <summary>An address that is theirs: proven by the provider. One that is not is as good as none.</summary>
    public string? Email { get; init; }

    public string? Name { get; init; }
    public string? GivenName { get; init; }
    public string? FamilyName { get; init; }
    public string? Nickname { get; init; }
    public string? Picture { get; init; }
    public string? Locale { get; init; }

    /// <summary>How they signed in there (RFC 8176).</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>When they last proved there who they are; null where the provider does not say.</summary>
    public DateTimeOffset? AuthenticatedAt { get; init; }

    /// <summary>The session there, for the word that it ended.</summary>
    public string? Sid { get; init; }

    /// <summary>The roles here that follow from what the provider says, by the operator's rules.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The Workspace of an account at Google.</summary>
    public string? HostedDomain { get; init; }

    /// <summary>Null when the answer names nobody.</summary>
    public static UpstreamIdentity? Of(ClaimsPrincipal principal, UpstreamProvider provider)
    {
        var names = provider.Claims.Names();
        if (Value("sub") is not { Length: > 0 and <= ExternalLogin.MaxSubject } subject || subject.Any(char.IsControl))
            return null;
        var verified = provider.TrustsEmail || string.Equals(Value("email_verified"), "true", StringComparison.OrdinalIgnoreCase);

        // Only an ID token says who issued it; what another calls iss is not an issuer.
        var isOpenId = provider.Kind == ProviderKinds.OpenIdConnect;
        var issuer = isOpenId ? principal.FindFirstValue("iss") ?? provider.Issuer : provider.Issuer;
        return new UpstreamIdentity(issuer, subject)
        {
            Email = verified && Value("email") is { } email && EmailAddress.IsValid(email) ? email : null,
            Name = Text("name"),
            GivenName = Text("given_name"),
            FamilyName = Text("family_name"),
            Nickname = Text("nickname"),
            Locale = Text("locale"),
            Picture = Value("picture") is { Length: <= 2000 } picture && Uri.TryCreate(picture, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps ? picture : null,
            Methods = [.. principal.FindAll("amr").Select(c => c.Value).Take(10)],
            HostedDomain = principal.FindFirstValue("hd"),
            AuthenticatedAt = isOpenId && long.TryParse(principal.FindFirstValue("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= MaxSeconds ? DateTimeOffset.FromUnixTimeSeconds(at) : null,
            Sid = isOpenId && principal.FindFirstValue("sid") is { Length: > 0 and <= UpstreamSession.MaxSid } sid ? sid : null,
            Roles = [.. provider.RoleRules.Where(rule => RuleClaims.Says(principal, rule)).Select(rule => rule.Role).Distinct()],
        };

        string? Value(string claim) => principal.FindFirstValue(names[claim]);

        string? Text(string claim) => Value(claim)?.Trim() is { Length: > 0 and <= MaxText } text && !text.Any(char.IsControl) ? text : null;
    }

    /// <summary>
    /// May they come in where only some domains may? At Google the Workspace counts: an address at a domain is no membership, and
    /// may be one that its owner has long left.
    /// </summary>
    public bool IsWithin(UpstreamProvider provider)
    {
        if (provider.Domains.Count == 0)
            return true;
        var own = provider.Kind == ProviderKinds.Google ? HostedDomain : Email?[(Email.LastIndexOf('@') + 1)..];
        return own is { Length: > 0 and <= 253 } && EmailAddress.AsciiDomain(own) is { } ascii
            && provider.Domains.Any(domain => string.Equals(EmailAddress.AsciiDomain(domain), ascii, StringComparison.OrdinalIgnoreCase));
    }
}
