using System.ComponentModel.DataAnnotations;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
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
        if (await ServiceKeyChanges.OwnerAsync(db, sub, ct) is null)
            return NoAccount;
        var now = clock.GetUtcNow();
        var keys = await db.Set<ApiKey>().AsNoTracking().Where(k => k.UserId == sub).OrderByDescending(k => k.Id).ToListAsync(ct);
        return Results.Json(new ApiKeysAdminApi.KeyPage([.. keys.Select(key => KeyEntry.Of(key, now))], null));
    }

    /// <summary>Makes a key, whose secret stands in <c>key</c>, once. Wants a sign-in of the last five minutes. 403 for a permission that the caller does not hold, 409 for an account that is disabled.</summary>
    private static async Task<IResult> CreateAsync(Guid sub, HttpContext http, ServiceKeyChanges changes, IOptions<ApiKeysOptions> options, TimeProvider clock, CancellationToken ct)
    {
        var input = new ServiceKeyInput();
        if (await JsonBody.FillAsync(http, input, () => [], ct) is { } unfit)
            return unfit;
        var (made, refused) = await changes.CreateAsync(AdminRoute.ActorOf(http.User), sub, http, input.Read(options.Value), ct);
        return refused ?? ApiKeysApi.Answer(http, made, clock);
    }

    /// <summary>Replaces a key; the old one works on for <c>overlap</c> seconds. Wants a sign-in of the last five minutes. 403 where the key has a permission that the caller does not hold.</summary>
    private static async Task<IResult> RotateAsync(Guid sub, Guid id, HttpContext http, ServiceKeyChanges changes, TimeProvider clock, CancellationToken ct)
    {
        var input = new ServiceKeyRotation();
        if (await JsonBody.FillAsync(http, input, () => [], ct) is { } unfit)
            return unfit;
        var (made, refused) = await changes.RotateAsync(AdminRoute.ActorOf(http.User), sub, id, http, TimeSpan.FromSeconds(input.Overlap ?? 86_400), ct);
        return refused ?? ApiKeysApi.Answer(http, made, clock);
    }

    /// <summary>Ends a key at once. 404 where there is none that works.</summary>
    private static async Task<IResult> RevokeAsync(Guid sub, Guid id, HttpContext http, ServiceKeyChanges changes, CancellationToken ct) =>
        await changes.RevokeAsync(AdminRoute.ActorOf(http.User), sub, id, http, ct) ? Results.NoContent() : ApiKeysApi.Missing;

    private static ErrorResult NoAccount => Refusals.Missing("service account");
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
