using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;

namespace IdentityProvider.Account;

/// <summary>The standard claims a person sets, under their names.</summary>
internal sealed class ProfileForm
{
    [FromForm(Name = "name")]
    public string? Name { get; set; }

    [FromForm(Name = "given_name")]
    public string? GivenName { get; set; }

    [FromForm(Name = "family_name")]
    public string? FamilyName { get; set; }

    [FromForm(Name = "nickname")]
    public string? Nickname { get; set; }

    [FromForm(Name = "website")]
    public string? Website { get; set; }

    [FromForm(Name = "gender")]
    public string? Gender { get; set; }

    [FromForm(Name = "birthdate")]
    public string? Birthdate { get; set; }

    [FromForm(Name = "zoneinfo")]
    public string? ZoneInfo { get; set; }

    [FromForm(Name = "locale")]
    public string? Locale { get; set; }

    public static readonly string[] Fields = ["name", "given_name", "family_name", "nickname", "birthdate", "gender", "website", "locale", "zoneinfo"];

    public static ProfileForm Of(User user) => new()
    {
        Name = user.Name,
        GivenName = user.GivenName,
        FamilyName = user.FamilyName,
        Nickname = user.Nickname,
        Website = user.Website,
        Gender = user.Gender,
        Birthdate = user.Birthdate,
        ZoneInfo = user.ZoneInfo,
        Locale = user.Locale,
    };

    public void WriteTo(User user) =>
        (user.Name, user.GivenName, user.FamilyName, user.Nickname, user.Website, user.Gender, user.Birthdate, user.ZoneInfo, user.Locale) =
        (Clean(Name), Clean(GivenName), Clean(FamilyName), Clean(Nickname), Clean(Website), Clean(Gender), Clean(Birthdate), Clean(ZoneInfo), Clean(Locale));

    public string? this[string claim] => claim switch
    {
        "name" => Name,
        "given_name" => GivenName,
        "family_name" => FamilyName,
        "nickname" => Nickname,
        "website" => Website,
        "gender" => Gender,
        "birthdate" => Birthdate,
        "zoneinfo" => ZoneInfo,
        _ => Locale,
    };

    public static string? Clean(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();
}
