using IdentityProvider.Platform.Http;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace IdentityProvider.Admin.People;

/// <summary>What the pages' form of a person holds; held against the rules of the API, which it is turned into.</summary>
internal sealed class UserForm
{
    public static readonly string[] Fields = ["preferred_username", "email", "name", "given_name", "family_name", "nickname", "website", "gender", "birthdate", "zoneinfo", "locale"];

    [FromForm(Name = "preferred_username")]
    public string? PreferredUsername { get; set; }

    [FromForm(Name = "email")]
    public string? Email { get; set; }

    [FromForm(Name = "email_verified")]
    public bool EmailVerified { get; set; }

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
    public string? Zoneinfo { get; set; }

    [FromForm(Name = "locale")]
    public string? Locale { get; set; }

    [FromForm(Name = "disabled")]
    public bool Disabled { get; set; }

    public static UserForm Of(User user) => new()
    {
        PreferredUsername = user.UserName,
        Email = user.Email,
        EmailVerified = user.EmailConfirmed,
        Name = user.Name,
        GivenName = user.GivenName,
        FamilyName = user.FamilyName,
        Nickname = user.Nickname,
        Website = user.Website,
        Gender = user.Gender,
        Birthdate = user.Birthdate,
        Zoneinfo = user.ZoneInfo,
        Locale = user.Locale,
        Disabled = user.DisabledAt is not null,
    };

    public UserInput Read() => new()
    {
        PreferredUsername = Text(PreferredUsername),
        Email = Text(Email),
        EmailVerified = EmailVerified,
        Name = Text(Name),
        GivenName = Text(GivenName),
        FamilyName = Text(FamilyName),
        Nickname = Text(Nickname),
        Website = Text(Website),
        Gender = Text(Gender),
        Birthdate = Text(Birthdate),
        Zoneinfo = Text(Zoneinfo),
        Locale = Text(Locale),
        Disabled = Disabled,
    };

    /// <summary>What differs from how it is by now, in words, for who was not the first.</summary>
    public IEnumerable<string> Against(User now)
    {
        var (mine, theirs) = (Read(), Of(now).Read());
        (string Words, string? Mine, string? Theirs)[] pairs =
        [
            ("User name", mine.PreferredUsername, theirs.PreferredUsername), ("E-mail", mine.Email, theirs.Email), ("Name", mine.Name, theirs.Name), ("Given name", mine.GivenName, theirs.GivenName),
            ("Family name", mine.FamilyName, theirs.FamilyName), ("Nickname", mine.Nickname, theirs.Nickname), ("Website", mine.Website, theirs.Website), ("Gender", mine.Gender, theirs.Gender),
            ("Birthdate", mine.Birthdate, theirs.Birthdate), ("Time zone", mine.Zoneinfo, theirs.Zoneinfo), ("Language", mine.Locale, theirs.Locale),
            ("Address proven", mine.EmailVerified ? "yes" : "no", theirs.EmailVerified ? "yes" : "no"), ("Closed", mine.Disabled ? "yes" : "no", theirs.Disabled ? "yes" : "no"),
        ];
        return pairs.Where(pair => pair.Mine != pair.Theirs).Select(pair => $"{pair.Words}: {pair.Mine ?? "none"}");
    }

    public static void Tell(ModelStateDictionary state, IResult refused, string field) => state.Tell(
        refused,
        field,
        [
            ("preferred_username", "preferred_username", "The user name"), ("email", "email", "The address"), ("email_verified", "email", "“Proven”"), ("name", "name", "The name"), ("given_name", "given_name", "The given name"),
            ("family_name", "family_name", "The family name"), ("nickname", "nickname", "The nickname"), ("website", "website", "The website"), ("gender", "gender", "The gender"), ("birthdate", "birthdate", "The birthdate"),
            ("zoneinfo", "zoneinfo", "The time zone"), ("locale", "locale", "The language"),
        ]);

    private static string? Text(string? text) => RefusedForm.Clean(text) is { Length: > 0 } clean ? clean : null;
}
