using System.Text.Json;

namespace IdentityProvider.Claims;

/// <summary>The claims parameter (OpenID Connect Core 1.0 section 5.5): single claims by name, for UserInfo and the ID token.</summary>
/// <param name="UserInfo">Names asked for at the UserInfo endpoint.</param>
/// <param name="IdToken">Names asked for in the ID token.</param>
/// <param name="Subject">The one person the client will accept, if it said so.</param>
/// <param name="EssentialAcr">Authentication contexts of which one is a must.</param>
internal sealed record RequestedClaims(IReadOnlyList<string> UserInfo, IReadOnlyList<string> IdToken, string? Subject, IReadOnlyList<string> EssentialAcr)
{
    public static readonly RequestedClaims None = new([], [], null, []);
    private const int Most = 50;

    public IEnumerable<string> All => UserInfo.Concat(IdToken).Distinct(StringComparer.Ordinal);

    /// <summary>Reads the parameter; null when it is not the JSON the specification asks for.</summary>
    public static RequestedClaims? Parse(string? json)
    {
        if (string.IsNullOrEmpty(json))
            return None;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 6 });
            if (document.RootElement.ValueKind != JsonValueKind.Object || Names(document.RootElement, "userinfo") is not { } userInfo || Names(document.RootElement, "id_token") is not { } idToken)
                return null;
            return new RequestedClaims(userInfo, idToken, ReadSubject(document.RootElement), ReadAcr(document.RootElement));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<string>? Names(JsonElement root, string member)
    {
        if (!root.TryGetProperty(member, out var part) || part.ValueKind == JsonValueKind.Null)
            return [];
        if (part.ValueKind != JsonValueKind.Object)
            return null;
        var names = part.EnumerateObject().Where(p => p.Value.ValueKind is JsonValueKind.Null or JsonValueKind.Object).Select(p => p.Name).Distinct(StringComparer.Ordinal).ToList();
        return names.Count <= Most ? names : null;
    }

    private static string? ReadSubject(JsonElement root) => Member(root, "id_token", "sub") is { } sub && sub.TryGetProperty("value", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<string> ReadAcr(JsonElement root)
    {
        if (Member(root, "id_token", "acr") is not { } acr || !acr.TryGetProperty("essential", out var essential) || essential.ValueKind != JsonValueKind.True)
            return [];
        if (acr.TryGetProperty("value", out var one) && one.ValueKind == JsonValueKind.String)
            return [one.GetString()!];
        return acr.TryGetProperty("values", out var many) && many.ValueKind == JsonValueKind.Array
            ? [.. many.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString()!)]
            : [];
    }

    private static JsonElement? Member(JsonElement root, string part, string name) =>
        root.TryGetProperty(part, out var claims) && claims.ValueKind == JsonValueKind.Object && claims.TryGetProperty(name, out var claim) && claim.ValueKind == JsonValueKind.Object ? claim : null;
}
