using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys;

/// <summary>
/// Keys of service accounts, which make none by themselves: an administrator does, with a sign-in of the last five minutes, and gives to them no
/// permission that the account or the administrator does not hold.
/// </summary>
internal static class ServiceKeysApi
{
    private const string All = Routes.AdminApi + "/service-accounts/{sub:guid}/keys", One = All + "/{id:guid}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadServiceAccounts);
        routes.MapPost(All, CreateAsync).ForAdministrators(FreshSignInAttribute.MaxAge, Permission.ManageServiceAccounts);
        routes.MapPost(One + "/rotate", RotateAsync).ForAdministrators(FreshSignInAttribute.MaxAge, Permission.ManageServiceAccounts);
        routes.MapDelete(One, RevokeAsync).ForAdministrators(Permission.ManageServiceAccounts);
    }

    /// <summary>GET /api/admin/v1/service-accounts/{sub}/keys: the newest first. 404 when there is no such account.</summary>
    private static async Task<IResult> ListAsync(Guid sub, Store db, TimeProvider clock, CancellationToken ct)
    {
        if (await OwnerAsync(db, sub, ct) is null)
            return NoAccount;
        var now = clock.GetUtcNow();
        var keys = await db.Set<ApiKey>().AsNoTracking().Where(k => k.UserId == sub).OrderByDescending(k => k.Id).ToListAsync(ct);
        return Results.Json(new { keys = keys.Select(key => KeyEntry.Of(key, now)) });
    }

    /// <summary>
    /// POST /api/admin/v1/service-accounts/{sub}/keys: as POST /api/keys, 201 with the secret in <c>key</c>, once. 403 for a permission that the caller does
    /// not hold, 404, 409 for an account that is disabled.
    /// </summary>
    private static async Task<IResult> CreateAsync(Guid sub, HttpContext http, ApiKeysApi.KeyRequest request, Store db, ApiKeyChanges changes, IOptions<ApiKeysOptions> options, TimeProvider clock, CancellationToken ct)
    {
        if (!options.Value.Enabled)
            return ApiKeysApi.Missing;
        if (await OwnerAsync(db, sub, ct) is not { } owner)
            return NoAccount;
        if (owner.DisabledAt is not null)
            return Refusals.Conflict("The account is disabled. Let it in first.");
        var actor = BearerTokens.PersonOf(http.User)!.Value;
        if (await changes.TooManyAsync(actor, ct) is { } wait)
            return new TooManyResult(wait);
        if (await AboveAsync(changes, actor, request.Permissions ?? [], ct) is { } refused)
            return refused;
        return ApiKeysApi.Answer(http, await changes.CreateAsync(owner, http, request.Read(options.Value), check: false, ct, actor), clock);
    }

    /// <summary>POST /api/admin/v1/service-accounts/{sub}/keys/{id}/rotate: as POST /api/keys/{id}/rotate. 403 where the key has a permission that the caller does not hold.</summary>
    private static async Task<IResult> RotateAsync(Guid sub, Guid id, HttpContext http, ApiKeysApi.RotateRequest request, Store db, ApiKeyChanges changes, TimeProvider clock, CancellationToken ct)
    {
        if (await OwnerAsync(db, sub, ct) is not { } owner || await db.Set<ApiKey>().AsNoTracking().FirstOrDefaultAsync(k => k.Id == id && k.UserId == sub, ct) is not { } key)
            return ApiKeysApi.Missing;
        var actor = BearerTokens.PersonOf(http.User)!.Value;
        if (await changes.TooManyAsync(actor, ct) is { } wait)
            return new TooManyResult(wait);

        // The new secret does what the old one did, and is in the caller's hands.
        if (await AboveAsync(changes, actor, key.Permissions, ct) is { } refused)
            return refused;
        return await changes.RotateAsync(owner, http, id, TimeSpan.FromSeconds(request.Overlap ?? 86_400), ct, actor) is { } made ? ApiKeysApi.Answer(http, made, clock) : ApiKeysApi.Missing;
    }

    /// <summary>DELETE /api/admin/v1/service-accounts/{sub}/keys/{id}: 204, or 404 where there is none that works.</summary>
    private static async Task<IResult> RevokeAsync(Guid sub, Guid id, HttpContext http, Store db, ApiKeyChanges changes, CancellationToken ct) =>
        await OwnerAsync(db, sub, ct) is not null && await changes.RevokeAsync(BearerTokens.PersonOf(http.User)!.Value, sub, http, id, ct) ? Results.NoContent() : ApiKeysApi.Missing;

    private static ErrorResult NoAccount => Refusals.Missing("service account");

    private static Task<User?> OwnerAsync(Store db, Guid sub, CancellationToken ct) => db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == sub && u.ServiceSince != null, ct);

    private static async Task<IResult?> AboveAsync(ApiKeyChanges changes, Guid actor, IReadOnlyList<string> permissions, CancellationToken ct)
    {
        var held = await changes.HeldAsync(actor, ct);
        return permissions.FirstOrDefault(wanted => !held.Any(own => Permission.Implies(own, wanted))) is { } above
            ? Refusals.Forbidden($"Nobody gives what they do not hold. You do not hold {Constraints.Shown(above)}.")
            : null;
    }
}
