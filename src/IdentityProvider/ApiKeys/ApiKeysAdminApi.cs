using System.Security.Claims;
using System.Text.Json.Serialization;
using IdentityProvider.ApiKeys.Admin;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.ApiKeys;

/// <summary>Everybody's keys in the admin API: seen and ended, never made or shown. Permissions <c>api-keys:read</c> and <c>api-keys:manage</c>.</summary>
internal static class ApiKeysAdminApi
{
    private const int MostRows = 200;

    /// <summary>
    /// Everybody's keys, the newest first. <c>user</c> is a user name, an e-mail address or a subject, <c>limit</c> 1 to 200 (50), <c>after</c> the
    /// <c>next</c> of the page before. 400 for a parameter out of its limits.
    /// </summary>
    public static async Task<IResult> ListAsync(KeySearch search, TimeProvider clock, CancellationToken ct, string? user = null, int limit = 50, Guid? after = null)
    {
        if (user?.Length > 254 || limit is < 1 or > MostRows)
            return Refusals.BadRequest($"user has at most 254 characters; limit is 1 to {MostRows}.");
        var (keys, next) = await search.FindAsync(user, null, limit, after, ct);
        var now = clock.GetUtcNow();
        return Results.Json(new KeyPage([.. keys.Select(key => KeyEntry.Of(key, now) with { Sub = key.UserId })], next));
    }

    /// <summary>Ends a key at once. Its owner is mailed.</summary>
    public static async Task<IResult> RevokeAsync(HttpContext http, ClaimsPrincipal token, Guid id, ApiKeyChanges changes, CancellationToken ct) =>
        await changes.RevokeAsync(BearerTokens.PersonOf(token)!.Value, null, http, id, ct) ? Results.NoContent() : ApiKeysApi.Missing;

    internal sealed record KeyPage(
        [property: JsonPropertyName("keys")] IReadOnlyList<KeyEntry> Keys,
        [property: JsonPropertyName("next"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Next);
}
