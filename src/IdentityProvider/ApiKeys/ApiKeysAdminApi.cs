using System.Security.Claims;
using System.Text.Json.Serialization;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.ApiKeys;

/// <summary>Everybody's keys in the admin API: seen and ended, never made or shown. Permissions <c>api-keys:read</c> and <c>api-keys:manage</c>.</summary>
internal static class ApiKeysAdminApi
{
    private const int MostRows = 200;

    /// <summary>
    /// Everybody's keys, the newest first. <c>user</c> is a user name, an e-mail address or a subject, <c>limit</c> 1 to 200 (50), <c>after</c> the
    /// <c>next</c> of the page before. 400 for a parameter out of its limits.
    /// </summary>
    public static async Task<IResult> ListAsync(Store db, UserLookup users, TimeProvider clock, CancellationToken ct, string? user = null, int limit = 50, Guid? after = null)
    {
        if (user?.Length > 254 || limit is < 1 or > MostRows)
            return Refusals.BadRequest($"user has at most 254 characters; limit is 1 to {MostRows}.");
        var found = db.Set<ApiKey>().AsNoTracking();
        if (user?.Trim() is { Length: > 0 } name)
        {
            var owner = Guid.TryParse(name, out var subject) ? subject : (await users.FindAsync(name, ct))?.Id;
            found = found.Where(k => k.UserId == owner);
        }

        // Ids are in the order of time.
        if (after is { } last)
            found = found.Where(k => k.Id.CompareTo(last) < 0);
        var keys = await found.OrderByDescending(k => k.Id).Take(limit + 1).ToListAsync(ct);
        var now = clock.GetUtcNow();
        return Results.Json(new KeyPage([.. keys.Take(limit).Select(key => KeyEntry.Of(key, now) with { Sub = key.UserId })], keys.Count > limit ? keys[limit - 1].Id : null));
    }

    /// <summary>Ends a key at once. Its owner is mailed.</summary>
    public static async Task<IResult> RevokeAsync(HttpContext http, ClaimsPrincipal token, Guid id, ApiKeyChanges changes, CancellationToken ct) =>
        await changes.RevokeAsync(BearerTokens.PersonOf(token)!.Value, null, http, id, ct) ? Results.NoContent() : ApiKeysApi.Missing;

    internal sealed record KeyPage(
        [property: JsonPropertyName("keys")] IReadOnlyList<KeyEntry> Keys,
        [property: JsonPropertyName("next"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? Next);
}
