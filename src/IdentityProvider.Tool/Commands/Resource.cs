using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Commands;

/// <summary>A kind of thing that the admin API lists, and most of which it makes, changes and removes by the same verbs.</summary>
/// <param name="Path">Below <c>/api/admin/v1</c>.</param>
/// <param name="Member">The member of a list that has the rows.</param>
/// <param name="One">What one is called, in words.</param>
/// <param name="Columns">What a table shows.</param>
internal sealed record Resource(string Path, string Member, string One, params string[] Columns)
{
    /// <summary>The member that names one in a path.</summary>
    public string Key { get; init; } = "name";

    /// <summary>The member that an argument of <c>create</c> gives; null: the server names what it makes.</summary>
    public string? CreatedBy { get; init; } = "name";

    /// <summary>Members of an answer that a change may not repeat.</summary>
    public string[] Told { get; init; } = [];

    /// <summary>Filters of the list, as options and as the API calls them.</summary>
    public (string Option, string Query, string Words)[] Filters { get; init; } = [];

    /// <summary>How somebody names one.</summary>
    public string KeyWords { get; init; } = "Its name.";

    /// <summary>From what somebody typed to what the path says.</summary>
    public Func<AdminApi, string, Task<string>> Resolve { get; init; } = (_, typed) => Task.FromResult(typed);

    public async Task<string> PathOfAsync(AdminApi api, string typed) => $"{Path}/{AdminApi.Segment(await Resolve(api, typed))}";
}
