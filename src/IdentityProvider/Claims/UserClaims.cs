using System.Text.Json;
using IdentityProvider.Users;

namespace IdentityProvider.Claims;

/// <summary>What is known of a person, by claim name (OpenID Connect Core 1.0 section 5.1). What is not known is left out.</summary>
internal static class UserClaims
{
    public static readonly IReadOnlyList<string> Supported =
    [
        "sub", "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender",
        "birthdate", "zoneinfo", "locale", "updated_at", "email", "email_verified", "phone_number", "phone_number_verified", "address", "roles",
    ];

    /// <summary>The values of <paramref name="names"/>: strings, booleans, numbers, arrays or a JSON object.</summary>
    public static IEnumerable<KeyValuePair<string, object>> Of(User user, IReadOnlyList<string> roles, IEnumerable<string> names)
    {
        foreach (var name in names.Distinct(StringComparer.Ordinal))
            if (Value(user, roles, name) is { } value)
                yield return new(name, value);
    }

    public static string SubjectOf(User user) => user.Id.ToString("D");

    private static object? Value(User user, IReadOnlyList<string> roles, string name) => name switch
    {
        "name" => user.Name,
        "family_name" => user.FamilyName,
        "given_name" => user.GivenName,
        "middle_name" => user.MiddleName,
        "nickname" => user.Nickname,
        "preferred_username" => user.UserName,
        "profile" => user.Profile,
        "picture" => user.Picture,
        "website" => user.Website,
        "gender" => user.Gender,
        "birthdate" => user.Birthdate,
        "zoneinfo" => user.ZoneInfo,
        "locale" => user.Locale,
        "updated_at" => user.UpdatedAt.ToUnixTimeSeconds(),
        "email" => user.Email,
        "email_verified" => user.Email is null ? null : user.EmailConfirmed,
        "phone_number" => user.PhoneNumber,
        "phone_number_verified" => user.PhoneNumber is null ? null : user.PhoneNumberConfirmed,
        "address" => user.Address is { } address ? JsonSerializer.Deserialize<JsonElement>(address) : null,
        "roles" => roles,
        _ => null,
    };
}
