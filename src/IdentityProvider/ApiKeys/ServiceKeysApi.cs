using System.ComponentModel.DataAnnotations;
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
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadServiceAccounts).Answers(typeof(ApiKeysAdminApi.KeyPage));
        routes.MapPost(All, CreateAsync).ForAdministrators(FreshSignInAttribute.MaxAge, Permission.ManageServiceAccounts).Takes(typeof(ServiceKeyInput)).Answers(typeof(KeyEntry), StatusCodes.Status201Created);
        routes.MapPost(One + "/rotate", RotateAsync).ForAdministrators(FreshSignInAttribute.MaxAge, Permission.ManageServiceAccounts).Takes(typeof(ServiceKeyRotation)).Answers(typeof(KeyEntry), StatusCodes.Status201Created);
        routes.MapDelete(One, RevokeAsync).ForAdministrators(Permission.ManageServiceAccounts).AnswersNothing();
    }

    /// <summary>Keys of an account, the newest first.</summary>
    private static async Task<IResult> ListAsync(Guid sub, Store db, TimeProvider clock, CancellationToken ct)
    {
        if (await OwnerAsync(db, sub, ct) is null)
            return NoAccount;
        var now = clock.GetUtcNow();
        var keys = await db.Set<ApiKey>().AsNoTracking().Where(k => k.UserId == sub).OrderByDescending(k => k.Id).ToListAsync(ct);
        return Results.Json(new ApiKeysAdminApi.KeyPage([.. keys.Select(key => KeyEntry.Of(key, now))], null));
    }

    /// <summary>Makes a key, whose secret stands in <c>key</c>, once. Wants a sign-in of the last five minutes. 403 for a permission that the caller does not hold, 409 for an account that is disabled.</summary>
    private static async Task<IResult> CreateAsync(Guid sub, HttpContext http, Store db, ApiKeyChanges changes, IOptions<ApiKeysOptions> options, TimeProvider clock, CancellationToken ct)
    {
        var input = new ServiceKeyInput();
        if (await JsonBody.FillAsync(http, input, () => [], ct) is { } unfit)
            return unfit;
        if (!options.Value.Enabled)
            return ApiKeysApi.Missing;
        if (await OwnerAsync(db, sub, ct) is not { } owner)
            return NoAccount;
        if (owner.DisabledAt is not null)
            return Refusals.Conflict("The account is disabled. Let it in first.");
        var actor = AdminRoute.ActorOf(http.User);
        if (await changes.TooManyAsync(actor, ct) is { } wait)
            return new TooManyResult(wait);
        if (await AboveAsync(changes, actor, input.Permissions, ct) is { } refused)
            return refused;
        return ApiKeysApi.Answer(http, await changes.CreateAsync(owner, http, input.Read(options.Value), check: false, ct, actor), clock);
    }

    /// <summary>Replaces a key; the old one works on for <c>overlap</c> seconds. Wants a sign-in of the last five minutes. 403 where the key has a permission that the caller does not hold.</summary>
    private static async Task<IResult> RotateAsync(Guid sub, Guid id, HttpContext http, Store db, ApiKeyChanges changes, TimeProvider clock, CancellationToken ct)
    {
        var input = new ServiceKeyRotation();
        if (await JsonBody.FillAsync(http, input, () => [], ct) is { } unfit)
            return unfit;
        if (await OwnerAsync(db, sub, ct) is not { } owner || await db.Set<ApiKey>().AsNoTracking().FirstOrDefaultAsync(k => k.Id == id && k.UserId == sub, ct) is not { } key)
            return ApiKeysApi.Missing;
        var actor = AdminRoute.ActorOf(http.User);
        if (await changes.TooManyAsync(actor, ct) is { } wait)
            return new TooManyResult(wait);

        // The new secret does what the old one did, and is in the caller's hands.
        if (await AboveAsync(changes, actor, key.Permissions, ct) is { } refused)
            return refused;
        return await changes.RotateAsync(owner, http, id, TimeSpan.FromSeconds(input.Overlap ?? 86_400), ct, actor) is { } made ? ApiKeysApi.Answer(http, made, clock) : ApiKeysApi.Missing;
    }

    /// <summary>Ends a key at once. 404 where there is none that works.</summary>
    private static async Task<IResult> RevokeAsync(Guid sub, Guid id, HttpContext http, Store db, ApiKeyChanges changes, CancellationToken ct) =>
        await OwnerAsync(db, sub, ct) is not null && await changes.RevokeAsync(AdminRoute.ActorOf(http.User), sub, http, id, ct) ? Results.NoContent() : ApiKeysApi.Missing;

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

/// <summary>What a key of a service account is to be.</summary>
internal sealed class ServiceKeyInput
{
    public string? Name { get; set; }

    /// <summary>Separated by spaces.</summary>
    [MaxLength(2000)]
    public string Scope { get; set; } = "";

    [MaxLength(ApiKeyRules.MaxPermissions)]
    public List<string> Permissions { get; set; } = [];

    [MaxLength(ApiKeyRules.MaxNetworks)]
    public List<string> IpAddresses { get; set; } = [];

    /// <summary>Seconds.</summary>
    public int? ExpiresIn { get; set; }

    public int? RequestsPerMinute { get; set; }

    public int? MonthlyQuota { get; set; }

    public ApiKeyRequest Read(ApiKeysOptions options) => new(
        Name, Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries), Permissions, IpAddresses,
        ExpiresIn is { } seconds ? TimeSpan.FromSeconds(Math.Max(seconds, 0)) : options.Lifetime, RequestsPerMinute, MonthlyQuota);
}

internal sealed class ServiceKeyRotation
{
    /// <summary>Seconds for which both keys work (0 to 2,592,000; 86,400).</summary>
    [Range(0, 2_592_000)]
    public int? Overlap { get; set; }
}
