using System.Security.Claims;
using System.Text.Json;
using IdentityProvider.UpstreamProviders;
using Microsoft.AspNetCore.Authentication.OAuth.Claims;

namespace IdentityProvider.Federation;

/// <summary>Takes over the claims that the rules for roles look at, from wherever the provider says them: lists too, and up to a number of values.</summary>
internal sealed class RuleClaims(string claim) : ClaimAction(claim, ClaimValueTypes.String)
{
    private const int MaxValues = 500;

    public override void Run(JsonElement userData, ClaimsIdentity identity, string issuer)
    {
        foreach (var value in ValuesAt(userData, ClaimType))
            if (!identity.HasClaim(ClaimType, value))
                identity.AddClaim(new Claim(ClaimType, value, ClaimValueTypes.String, issuer));
    }

    /// <summary>Does the provider say this of the person?</summary>
    public static bool Says(ClaimsPrincipal principal, RoleRule rule)
    {
        if (principal.HasClaim(rule.Claim, rule.Value))
            return true;

        // Objects in an ID token come as the text that they are.
        return rule.Claim.Split('.', 2) is [var name, var rest] && principal.FindAll(name).Take(MaxValues).Any(claim => Parse(claim.Value) is { } json && ValuesAt(json, rest).Contains(rule.Value));
    }

    /// <summary>Under the name as it is, dots and all (they are often addresses), or at the path it is.</summary>
    private static IEnumerable<string> ValuesAt(JsonElement json, string path)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return [];
        if (!json.TryGetProperty(path, out var found))
        {
            found = json;
            foreach (var name in path.Split('.'))
                if (found.ValueKind != JsonValueKind.Object || !found.TryGetProperty(name, out found))
                    return [];
        }

        return (found.ValueKind == JsonValueKind.Array ? found.EnumerateArray().Take(MaxValues) : [found])
            .Where(value => value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False).Select(value => value.ToString());
    }

    private static JsonElement? Parse(string text)
    {
        try
        {
            return text.StartsWith('{') ? JsonSerializer.Deserialize<JsonElement>(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
