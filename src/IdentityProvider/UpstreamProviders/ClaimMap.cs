using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.UpstreamProviders;

/// <summary>
/// Where a provider says what, if not under the names of OpenID Connect Core 1.0 section 5.1. A dot leads into an object:
/// <c>data.id</c>.
/// </summary>
internal sealed class ClaimMap
{
    /// <summary>Who it is there: a value that never changes and is never given to another. Not a name or an address.</summary>
    [MaxLength(100)]
    public string? Sub { get; set; }

    /// <summary>The e-mail address.</summary>
    [MaxLength(100)]
    public string? Email { get; set; }

    /// <summary>Whether the address was proven there: true, or not.</summary>
    [MaxLength(100)]
    public string? EmailVerified { get; set; }

    /// <summary>The full name.</summary>
    [MaxLength(100)]
    public string? Name { get; set; }

    /// <summary>The given name.</summary>
    [MaxLength(100)]
    public string? GivenName { get; set; }

    /// <summary>The family name.</summary>
    [MaxLength(100)]
    public string? FamilyName { get; set; }

    /// <summary>What friends say.</summary>
    [MaxLength(100)]
    public string? Nickname { get; set; }

    /// <summary>The address of a picture.</summary>
    [MaxLength(100)]
    public string? Picture { get; set; }

    /// <summary>The language (RFC 5646).</summary>
    [MaxLength(100)]
    public string? Locale { get; set; }

    /// <summary>The provider's name for each claim of ours.</summary>
    public IReadOnlyDictionary<string, string> Names() => new Dictionary<string, string>
    {
        ["sub"] = Sub ?? "sub",
        ["email"] = Email ?? "email",
        ["email_verified"] = EmailVerified ?? "email_verified",
        ["name"] = Name ?? "name",
        ["given_name"] = GivenName ?? "given_name",
        ["family_name"] = FamilyName ?? "family_name",
        ["nickname"] = Nickname ?? "nickname",
        ["picture"] = Picture ?? "picture",
        ["locale"] = Locale ?? "locale",
    };
}
