using System.Text.Json.Serialization;
using IdentityProvider.Users;

namespace IdentityProvider.Admin.People;

/// <summary>A person as the admin API shows them, under the names of OpenID Connect. No secret, and nothing of how they sign in.</summary>
internal sealed record UserAnswer(
    Guid Sub, string? PreferredUsername, string? Name, string? GivenName, string? FamilyName, string? Nickname, string? Website, string? Gender, string? Birthdate,
    string? Zoneinfo, string? Locale, string? Email, bool EmailVerified, bool Disabled, DateTimeOffset? DisabledAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>What is only told. A request may repeat it, so that an answer can be changed and sent back.</summary>
    public static readonly string[] Told = ["sub", "disabled_at", "created_at", "updated_at", "locked_until"];

    /// <summary>Until when wrong passwords lock the account; only where one person is shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? LockedUntil { get; init; }

    public static UserAnswer Of(User user) => new(
        user.Id, user.UserName, user.Name, user.GivenName, user.FamilyName, user.Nickname, user.Website, user.Gender, user.Birthdate, user.ZoneInfo, user.Locale,
        user.Email, user.EmailConfirmed, user.DisabledAt is not null, user.DisabledAt, user.CreatedAt, user.UpdatedAt);
}

/// <summary>A page of people; <c>next</c> is <c>after</c> of the next request, null at the end.</summary>
internal sealed record UserList(IReadOnlyList<UserAnswer> Users, string? Next);
