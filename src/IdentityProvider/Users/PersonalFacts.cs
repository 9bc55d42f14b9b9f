using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace IdentityProvider.Users;

/// <summary>
/// The form of what people say of themselves, by claim name (OpenID Connect Core 1.0 section 5.1). Clients show these values:
/// what runs as a link or turns the text around it is refused here, for all of them.
/// </summary>
internal static partial class PersonalFacts
{
    private const int MaxLength = 100, MaxUrlLength = 500;

    /// <summary>Whom the field is for, and what to do; null when the value is right. No value is always right.</summary>
    public static string? Problem(string claim, string? value, DateOnly today)
    {
        if (string.IsNullOrEmpty(value))
            return null;
        var max = claim == "website" ? MaxUrlLength : MaxLength;
        if (value.Length > max)
            return $"Use at most {max} characters";
        if (value.EnumerateRunes().Any(IsHidden))
            return "Take out the characters that cannot be seen";
        return claim switch
        {
            "website" => IsWebsite(value) ? null : "Enter an address that begins with https://, like https://example.com",
            "birthdate" => IsBirthdate(value, today) ? null : "Enter a date in the past like 1990-12-31, or only the year",
            "zoneinfo" => IsZone(value) ? null : "Choose a time zone from the list, like Europe/Berlin",
            "locale" => IsLanguage(value) ? null : "Enter a language like en, or with a country like en-GB",
            _ => null,
        };
    }

    /// <summary>The zones of the IANA database that are named after places, for a list to choose from.</summary>
    public static IReadOnlyList<string> Zones { get; } =
    [
        "UTC", .. TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(id => Place().IsMatch(id)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Control characters, lone surrogates, and those that reorder or hide text (Unicode TR 36): a name must not look like another.</summary>
    private static bool IsHidden(Rune rune) => rune == Rune.ReplacementChar
        || (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            && rune.Value is not (0x200C or 0x200D));

    private static bool IsWebsite(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0 && !value.Any(char.IsWhiteSpace);

    /// <summary>YYYY-MM-DD, 0000-MM-DD where the year stays private, or YYYY.</summary>
    private static bool IsBirthdate(string value, DateOnly today)
    {
        if (Year().IsMatch(value))
            return int.Parse(value, CultureInfo.InvariantCulture) is var year && year >= 1800 && year <= today.Year;
        // 2000 was a leap year: the 29th of February is a birthday.
        var hidden = value.StartsWith("0000-", StringComparison.Ordinal);
        return DateOnly.TryParseExact(hidden ? "2000" + value[4..] : value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && (hidden || (date.Year >= 1800 && date <= today));
    }

    private static bool IsZone(string value) => value == "UTC" || (Place().IsMatch(value) && TimeZoneInfo.TryFindSystemTimeZoneById(value, out _));

    private static bool IsLanguage(string value)
    {
        try
        {
            return LanguageTag().IsMatch(value) && CultureInfo.GetCultureInfo(value, predefinedOnly: true).Name.Length > 0;
        }
        catch (CultureNotFoundException)
        {
            return false;
        }
    }

    [GeneratedRegex("^[0-9]{4}$")]
    private static partial Regex Year();

    [GeneratedRegex("^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Za-z0-9_+/-]{1,60}$")]
    private static partial Regex Place();

    /// <summary>BCP 47, as far as browsers send it.</summary>
    [GeneratedRegex("^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")]
    private static partial Regex LanguageTag();
}
