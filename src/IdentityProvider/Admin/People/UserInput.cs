using System.ComponentModel.DataAnnotations;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;

namespace IdentityProvider.Admin.People;

/// <summary>What an administrator says of a person. What is left out is removed. Passwords and factors cannot be given: they are the person's own.</summary>
internal sealed class UserInput
{
    /// <summary>What the person signs in with; case does not count. Null: they sign in with the address.</summary>
    [MaxLength(256)]
    public string? PreferredUsername { get; set; }

    /// <summary>The full name.</summary>
    [MaxLength(256)]
    public string? Name { get; set; }

    [MaxLength(256)]
    public string? GivenName { get; set; }

    [MaxLength(256)]
    public string? FamilyName { get; set; }

    [MaxLength(256)]
    public string? Nickname { get; set; }

    [MaxLength(500)]
    public string? Website { get; set; }

    [MaxLength(256)]
    public string? Gender { get; set; }

    /// <summary>YYYY-MM-DD, 0000-MM-DD or YYYY.</summary>
    [MaxLength(10)]
    public string? Birthdate { get; set; }

    /// <summary>A time zone like Europe/Berlin.</summary>
    [MaxLength(100)]
    public string? Zoneinfo { get; set; }

    /// <summary>A language like en or en-GB.</summary>
    [MaxLength(100)]
    public string? Locale { get; set; }

    /// <summary>The mail address; the person may sign in with it too.</summary>
    [MaxLength(EmailAddress.MaxLength)]
    public string? Email { get; set; }

    /// <summary>You know that the address is theirs. Another address than before is unproven unless this is said.</summary>
    public bool EmailVerified { get; set; }

    /// <summary>Signs in nowhere; whatever was issued is dead.</summary>
    public bool Disabled { get; set; }

    /// <summary>Everything that is wrong beyond the annotations.</summary>
    public IEnumerable<Problem> Problems(DateOnly today)
    {
        if (PreferredUsername is { } username && (username.Length == 0 || username != username.Trim()))
            yield return new("preferred_username", "is empty, or has a space at an end. Give a name, or null.");
        if (string.IsNullOrEmpty(PreferredUsername) && Email is null)
            yield return new("preferred_username", "is missing, and so is email. Give one of them: people sign in with it.");
        if (Email is { } email && !EmailAddress.IsValid(email))
            yield return new("email", "is not a mail address. Write name@example.com.");
        else if (Email is not null && EmailAddress.IsDisguised(Email))
            yield return new("email", "mixes letters of alphabets that look alike. Write it in small letters of one alphabet.");
        if (EmailVerified && Email is null)
            yield return new("email_verified", "is true, but there is no email. Give the address, or leave this out.");
        foreach (var (claim, value) in Claims)
            if (PersonalFacts.Problem(claim, value, today) is { } problem)
                yield return new(claim, $"has another form. {problem}.");
    }

    /// <summary>Writes everything. Values that are the same stay the same, so EF sees no change.</summary>
    public void WriteTo(User user, DateTimeOffset now)
    {
        (user.UserName, user.NormalizedUserName) = (PreferredUsername, PreferredUsername is { } username ? UserNames.Normalize(username) : null);
        (user.Email, user.NormalizedEmail, user.EmailConfirmed) = (Email, Email is { } email ? UserNames.Normalize(email) : null, EmailVerified);
        (user.Name, user.GivenName, user.FamilyName, user.Nickname) = (Empty(Name), Empty(GivenName), Empty(FamilyName), Empty(Nickname));
        (user.Website, user.Gender, user.Birthdate, user.ZoneInfo, user.Locale) = (Empty(Website), Empty(Gender), Empty(Birthdate), Empty(Zoneinfo), Empty(Locale));
        user.DisabledAt = Disabled ? user.DisabledAt ?? now : null;
    }

    private IEnumerable<(string Claim, string? Value)> Claims =>
    [
        ("name", Name), ("given_name", GivenName), ("family_name", FamilyName), ("nickname", Nickname), ("website", Website), ("gender", Gender), ("birthdate", Birthdate),
        ("zoneinfo", Zoneinfo), ("locale", Locale),
    ];

    private static string? Empty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
