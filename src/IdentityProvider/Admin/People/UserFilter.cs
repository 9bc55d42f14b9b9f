using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityProvider.Admin.People;

/// <summary>Which people, in which order. Out of the query of a request.</summary>
internal sealed record UserFilter
{
    public const string Active = "active", Disabled = "disabled", Closing = "closing";
    public const string Created = "created", Username = "username", Email = "email";
    private const int MaxText = 254;

    /// <summary>The beginning of a user name, an address or a name, or eight hexadecimal digits or more of a subject. Found people come in the order of what was found.</summary>
    [FromQuery(Name = "search")]
    public string? Search { get; init; }

    /// <summary>active, disabled, or closing: those who asked for the end of their account.</summary>
    [FromQuery(Name = "state")]
    public string? State { get; init; }

    /// <summary>Those who hold the role, by themselves or through a group.</summary>
    [FromQuery(Name = "role")]
    public string? Role { get; init; }

    /// <summary>created (the oldest first), username or email; with a minus before it the other way round. Without: -created. Not beside search.</summary>
    [FromQuery(Name = "sort")]
    public string? Sort { get; init; }

    /// <summary>How many at most, 1 to 200 (50).</summary>
    [FromQuery(Name = "limit")]
    public int? Limit { get; init; }

    /// <summary>The next of the page before.</summary>
    [FromQuery(Name = "after")]
    public string? After { get; init; }

    public int Rows => Limit ?? PageCursor.Usual;

    public bool IsDescending => Sort is null || Sort.StartsWith('-');

    public string Order => Sort?.TrimStart('-') ?? Created;

    /// <summary>What is wrong, or null.</summary>
    public string? Problem => this switch
    {
        _ when !PageCursor.IsLimit(Rows) => $"limit is 1 to {PageCursor.Most}.",
        _ when Search is { } text && (text.Trim().Length is 0 or > MaxText || text.Any(char.IsControl)) => $"search has 1 to {MaxText} characters.",
        _ when State is not (null or Active or Disabled or Closing) => $"state is {Active}, {Disabled} or {Closing}.",
        _ when Role is { Length: > 100 } || Role?.Any(char.IsControl) == true => "role has at most 100 characters.",
        _ when Sort is not (null or Created or Username or Email or "-" + Created or "-" + Username or "-" + Email) => $"sort is {Created}, {Username} or {Email}, or one of them after a minus.",
        _ when Search is not null && Sort is not null => "sort does not go with search: what is found comes in the order of what was found.",
        _ => null,
    };
}
