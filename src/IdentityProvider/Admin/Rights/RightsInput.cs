using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Admin.Rights;

/// <summary>A role as a caller describes it. No entity is filled from JSON.</summary>
internal sealed class RoleInput
{
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    [MaxLength(500)]
    public List<string> Permissions { get; set; } = [];
}

/// <summary>A group as a caller describes it; its members have addresses of their own.</summary>
internal sealed class GroupInput
{
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    [MaxLength(200)]
    public string? Description { get; set; }

    [MaxLength(100)]
    public List<string> Roles { get; set; } = [];

    [MaxLength(GroupGraph.MostInner)]
    public List<string> Groups { get; set; } = [];
}

/// <summary>All roles somebody is to hold by themselves.</summary>
internal sealed class UserRolesInput
{
    [Required, MaxLength(100)]
    public List<string>? Roles { get; set; }
}

/// <summary>The rules of what a caller sends about rights.</summary>
internal static partial class RightsInput
{
    /// <inheritdoc cref="JsonBody.FillAsync"/>
    public static Task<IResult?> FillAsync(HttpContext http, object input, Func<IEnumerable<Problem>> more, CancellationToken ct) =>
        JsonBody.FillAsync(http, input, more, ct, "seeded", "sub", "groups", "effective");

    /// <summary>A name stands in addresses and logs.</summary>
    public static IEnumerable<Problem> NameProblems(string name)
    {
        if (name.Length is > 0 and <= 100 && !Name().IsMatch(name))
            yield return new Problem("name", "has characters that stand in no address. Use letters, digits, and . _ - between them.");
    }

    /// <summary>What a name in the address must be the same as in the body, where that repeats it.</summary>
    public static IEnumerable<Problem> Kept(string given, string name)
    {
        if (given != name)
            yield return new Problem("name", "is another one. A name stays; leave it out.");
    }

    public static IEnumerable<Problem> Unknown(string property, IEnumerable<string> given, IReadOnlyCollection<string> known, string what) =>
        given.Select((name, i) => (name, i)).Where(entry => !known.Contains(entry.name)).Select(entry => new Problem(
            $"{property}[{entry.i}]", $"\"{Constraints.Shown(entry.name)}\" is no {what}.{NearestName.Question(entry.name, known)}"));

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Name();
}
