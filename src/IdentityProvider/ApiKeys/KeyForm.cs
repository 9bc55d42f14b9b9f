using System.Globalization;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace IdentityProvider.ApiKeys;

/// <summary>What the pages' form of a new key holds, its owner's or an administrator's.</summary>
internal sealed class KeyForm
{
    public static readonly string[] Fields = ["name", "days", "scope", "permissions", "networks", "quota"];

    [FromForm(Name = "name")]
    public string? Name { get; set; }

    [FromForm(Name = "days")]
    public string? Days { get; set; }

    [FromForm(Name = "scope")]
    public List<string> Scopes { get; set; } = [];

    [FromForm(Name = "permissions")]
    public List<string> Permissions { get; set; } = [];

    [FromForm(Name = "networks")]
    public string? Networks { get; set; }

    [FromForm(Name = "quota")]
    public string? Quota { get; set; }

    /// <summary>What is no number is said beside its field.</summary>
    public ApiKeyRequest Read(ModelStateDictionary state)
    {
        var days = Number(state, Days, "days", "Enter a whole number of days");
        var quota = string.IsNullOrWhiteSpace(Quota) ? null : Number(state, Quota, "quota", "Enter a whole number, or leave this empty");
        return new ApiKeyRequest(Name, Scopes, Permissions, (Networks ?? "").Split([' ', ',', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries), TimeSpan.FromDays(Math.Min(days ?? 1, 10_000)), null, quota);
    }

    public static void Tell(ModelStateDictionary state, IEnumerable<Problem> problems)
    {
        foreach (var (property, text) in problems)
            state.AddModelError(property switch { "expires_in" => "days", "ip_addresses" => "networks", "monthly_quota" => "quota", var same => same }, text);
    }

    /// <summary>What a key can be for: the APIs by name, each with its scopes.</summary>
    public static IReadOnlyList<(string Title, IReadOnlyList<ScopeInfo> Scopes)> Choices(ScopeCatalog.Snapshot catalog, IReadOnlyCollection<string> held) =>
    [
        .. ApiKeyRules.Scopes(catalog).Where(scope => scope.Name != StandardScopes.Administration || held.Count > 0).GroupBy(scope => scope.Api)
            .Select(group => (Title: group.Key is null ? "This server" : catalog.Apis[group.Key].DisplayName, Scopes: (IReadOnlyList<ScopeInfo>)[.. group])).OrderBy(choice => choice.Scopes[0].Api is null),
    ];

    private static int? Number(ModelStateDictionary state, string? text, string field, string problem)
    {
        if (int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        state.AddModelError(field, problem);
        return null;
    }
}

/// <summary>The form with what can be chosen in it.</summary>
internal sealed record KeyFields(KeyForm Form, IReadOnlyList<(string Title, IReadOnlyList<ScopeInfo> Scopes)> Choices, IReadOnlyList<string> Held, double MostDays, bool IsOthers = false);
