using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.UpstreamProviders;

/// <summary>Of whom the provider says this holds the role here, for as long as it says so.</summary>
internal sealed record RoleRule
{
    /// <summary>The claim that is looked at, such as groups. A dot leads into an object: realm_access.roles.</summary>
    [Required, MaxLength(100)]
    public string Claim { get; set; } = "";

    /// <summary>What it must say, or have among its values; compared exactly.</summary>
    [Required, MaxLength(256)]
    public string Value { get; set; } = "";

    /// <summary>The name of the role that follows.</summary>
    [Required, MaxLength(100)]
    public string Role { get; set; } = "";
}
