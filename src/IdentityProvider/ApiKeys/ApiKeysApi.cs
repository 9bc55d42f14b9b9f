using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys;

/// <summary>
/// /api/keys: a person's own keys, for a client with the scope <c>urn:identityprovider:api-keys</c>. No key can have that scope: a key makes no keys.
/// Making and replacing want a sign-in of the last five minutes (401 with <c>insufficient_user_authentication</c>, RFC 9470).
/// </summary>
internal static class ApiKeysApi
{
    private const int MostUses = 200;

    /// <summary>GET /api/keys: those that work, and those that ended in the last 30 days.</summary>
    public static async Task<IResult> ListAsync(ClaimsPrincipal token, Store db, TimeProvider clock, CancellationToken ct)
    {
        if (BearerTokens.PersonOf(token) is not { } owner)
            return NoPerson;
        var now = clock.GetUtcNow();
        var keys = await db.Set<ApiKey>().AsNoTracking().Where(k => k.UserId == owner).OrderByDescending(k => k.CreatedAt).ToListAsync(ct);
        return Results.Json(new KeyList([.. keys.Select(key => KeyEntry.Of(key, now))]));
    }

    /// <summary>POST /api/keys: 201 with the secret in <c>key</c>, once; 400 with all that is wrong (RFC 9457).</summary>
    public static async Task<IResult> CreateAsync(HttpContext http, KeyRequest request, Store db, ApiKeyChanges changes, IOptions<ApiKeysOptions> options, TimeProvider clock, CancellationToken ct)
    {
        if (!options.Value.Enabled)
            return Missing;
        if (await OwnerAsync(http.User, db, ct) is not { } owner)
            return NoPerson;
        if (await changes.TooManyAsync(owner.Id, ct) is { } wait)
            return new TooManyResult(wait);
        return Answer(http, await changes.CreateAsync(owner, http, request.Read(options.Value), check: false, ct), clock);
    }

    /// <summary>POST /api/keys/{id}/rotate: 201 with a new secret; the old one works on for <c>overlap</c> seconds (0 to 2,592,000; 86,400). 404 where there is none that works and was not replaced.</summary>
    public static async Task<IResult> RotateAsync(HttpContext http, Guid id, RotateRequest request, Store db, ApiKeyChanges changes, TimeProvider clock, CancellationToken ct)
    {
        if (await OwnerAsync(http.User, db, ct) is not { } owner)
            return NoPerson;
        if (await changes.TooManyAsync(owner.Id, ct) is { } wait)
            return new TooManyResult(wait);
        return await changes.RotateAsync(owner, http, id, TimeSpan.FromSeconds(request.Overlap ?? 86_400), ct) is { } made ? Answer(http, made, clock) : Missing;
    }

    /// <summary>DELETE /api/keys/{id}: 204, or 404 where there is none that works.</summary>
    public static async Task<IResult> RevokeAsync(HttpContext http, Guid id, ApiKeyChanges changes, CancellationToken ct) =>
        BearerTokens.PersonOf(http.User) is { } owner ? await changes.RevokeAsync(owner, owner, http, id, ct) ? Results.NoContent() : Missing : NoPerson;

    /// <summary>GET /api/keys/{id}/uses: the last uses, the newest first, at most <c>limit</c> (1 to 200; 50).</summary>
    public static async Task<IResult> UsesAsync(ClaimsPrincipal token, Guid id, Store db, CancellationToken ct, int limit = 50)
    {
        if (BearerTokens.PersonOf(token) is not { } owner)
            return NoPerson;
        if (limit is < 1 or > MostUses)
            return new ErrorResult(new ErrorInfo(StatusCodes.Status400BadRequest, "invalid_request", string.Create(CultureInfo.InvariantCulture, $"limit is 1 to {MostUses}.")));
        if (!await db.Set<ApiKey>().AnyAsync(k => k.Id == id && k.UserId == owner, ct))
            return Missing;
        var uses = await db.Set<ApiKeyUse>().AsNoTracking().Where(u => u.ApiKeyId == id && u.UserId == owner).OrderByDescending(u => u.At).Take(limit).ToListAsync(ct);
        return Results.Json(new UseList([.. uses.Select(use => new UseEntry(use.At, use.Address, use.Route, use.Refusal))]));
    }

    internal static readonly ErrorResult Missing = new(new ErrorInfo(StatusCodes.Status404NotFound, "not_found", "There is no such key that works."));

    private static readonly ErrorResult NoPerson = new(new ErrorInfo(StatusCodes.Status403Forbidden, "access_denied", "The token speaks of no person."));

    private static async Task<User?> OwnerAsync(ClaimsPrincipal token, Store db, CancellationToken ct) =>
        BearerTokens.PersonOf(token) is { } id ? await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id, ct) : null;

    public static IResult Answer(HttpContext http, MadeKey made, TimeProvider clock)
    {
        if (made is not { Key: { } key, Secret: { } secret })
            return new ProblemsResult(made.Problems);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(KeyEntry.Of(key, clock.GetUtcNow()) with { Key = secret }, statusCode: StatusCodes.Status201Created);
    }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record KeyRequest(
        [property: JsonPropertyName("name")] string? Name,
        [property: JsonPropertyName("scope")] string? Scope,
        [property: JsonPropertyName("permissions")] IReadOnlyList<string>? Permissions,
        [property: JsonPropertyName("ip_addresses")] IReadOnlyList<string>? IpAddresses,
        [property: JsonPropertyName("expires_in")] long? ExpiresIn,
        [property: JsonPropertyName("requests_per_minute")] int? RequestsPerMinute,
        [property: JsonPropertyName("monthly_quota")] int? MonthlyQuota)
    {
        public ApiKeyRequest Read(ApiKeysOptions options) => new(
            Name, (Scope ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries), Permissions ?? [], IpAddresses ?? [],
            ExpiresIn is { } seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue)) : options.Lifetime, RequestsPerMinute, MonthlyQuota);
    }

    [JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
    internal sealed record RotateRequest([property: JsonPropertyName("overlap")] int? Overlap);

    private sealed record KeyList([property: JsonPropertyName("keys")] IReadOnlyList<KeyEntry> Keys);

    private sealed record UseList([property: JsonPropertyName("uses")] IReadOnlyList<UseEntry> Uses);

    private sealed record UseEntry(
        [property: JsonPropertyName("at")] DateTimeOffset At,
        [property: JsonPropertyName("ip_address")] string Address,
        [property: JsonPropertyName("route")] string Route,
        [property: JsonPropertyName("refusal"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Refusal);
}

/// <summary>A key as the API tells of it.</summary>
internal sealed record KeyEntry(
    [property: JsonPropertyName("id")] Guid Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("shown")] string Shown,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("scope")] string Scope,
    [property: JsonPropertyName("permissions")] IReadOnlyList<string> Permissions,
    [property: JsonPropertyName("ip_addresses")] IReadOnlyList<string> IpAddresses,
    [property: JsonPropertyName("requests_per_minute")] int RequestsPerMinute,
    [property: JsonPropertyName("monthly_quota"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? MonthlyQuota,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("expires_at")] DateTimeOffset ExpiresAt,
    [property: JsonPropertyName("last_used_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? LastUsedAt,
    [property: JsonPropertyName("replaced_by"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? ReplacedBy)
{
    /// <summary>The secret; only in the answer that made it.</summary>
    [JsonPropertyName("key"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>Whose it is; only where an administrator looks.</summary>
    [JsonPropertyName("sub"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? Sub { get; init; }

    public static KeyEntry Of(ApiKey key, DateTimeOffset now) => new(
        key.Id, key.Name, key.Shown, key.RevokedAt is not null ? "revoked" : key.ExpiresAt <= now ? "expired" : "active", string.Join(' ', key.Scopes), key.Permissions, key.Networks,
        key.RequestsPerMinute, key.MonthlyQuota, key.CreatedAt, key.ExpiresAt, key.LastUsedAt, key.SuccessorId);
}
