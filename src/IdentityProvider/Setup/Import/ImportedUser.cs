namespace IdentityProvider.Setup.Import;

/// <summary>A person as another system knew them.</summary>
internal sealed record ImportedUser
{
    /// <summary>The subject relying parties know the person by, kept when it is a GUID.</summary>
    public Guid? Id { get; init; }

    public string? Username { get; init; }
    public string? Email { get; init; }
    public bool EmailVerified { get; init; }
    public string? Name { get; init; }
    public string? GivenName { get; init; }
    public string? FamilyName { get; init; }
    public string? Nickname { get; init; }
    public string? Locale { get; init; }
    public string? PhoneNumber { get; init; }
    public bool PhoneNumberVerified { get; init; }
    public bool Disabled { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>In a format that Users knows; null where there was none.</summary>
    public string? PasswordHash { get; init; }

    public string? Password { get; init; }

    /// <summary>Base32.</summary>
    public string? TotpSecret { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Why the person cannot be taken over as they are: a credential of a kind that is not known here.</summary>
    public string? Refusal { get; init; }
}
