using System.Security.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Apis;

/// <summary>APIs and their scopes in the admin API.</summary>
internal static class ApisApi
{
    private const string All = Routes.AdminApi + "/apis", One = All + "/{identifier}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadApis).Answers(typeof(ApiList));
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadApis).Answers(typeof(ApiMetadata));
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageApis).Takes(typeof(ApiMetadata)).Answers(typeof(ApiMetadata), StatusCodes.Status201Created);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageApis).Takes(typeof(ApiMetadata), needsTag: true).Answers(typeof(ApiMetadata));
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageApis).Takes(null, needsTag: true).AnswersNothing();
    }

    /// <summary>APIs by identifier, with their scopes.</summary>
    private static async Task<IResult> ListAsync(Store db, CancellationToken ct, [FromQuery] int limit = PageCursor.Usual, [FromQuery] string? after = null)
    {
        if (!PageCursor.IsLimit(limit) || after?.Length > 400 || after?.Any(char.IsControl) == true)
            return Refusals.BadPage;
        var rows = await db.Set<Api>().AsNoTracking().Include(api => api.Scopes).Where(api => after == null || api.Identifier.CompareTo(after) > 0).OrderBy(api => api.Identifier).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new ApiList([.. rows.Take(limit).Select(ApiMetadata.Of)], rows.Count > limit ? rows[limit - 1].Identifier : null));
    }

    /// <summary>One API, with an <c>ETag</c>. The identifier is sent percent-encoded.</summary>
    private static async Task<IResult> FindAsync(string identifier, HttpContext http, Store db, CancellationToken ct) =>
        await ApiChanges.FindAsync(db.Set<Api>().AsNoTracking(), Segment.Decoded(identifier), ct) is { } api ? EntityTag.Show(http, ApiMetadata.Of(api), ApiChanges.TagOf(api)) : Refusals.Missing("API");

    /// <summary>Adds an API with its scopes. 409 for an identifier or a scope that is there already.</summary>
    private static async Task<IResult> AddAsync(HttpContext http, ClaimsPrincipal token, ApiChanges changes, CancellationToken ct)
    {
        var (api, refused) = await changes.WriteAsync(AdminRoute.ActorOf(token), null, http, ct);
        return refused ?? EntityTag.Show(http, ApiMetadata.Of(api!), ApiChanges.TagOf(api!), $"{All}/{Uri.EscapeDataString(api!.Identifier)}");
    }

    /// <summary>Changes all of an API; a scope that is left out is removed.</summary>
    private static async Task<IResult> ChangeAsync(string identifier, HttpContext http, ClaimsPrincipal token, ApiChanges changes, CancellationToken ct)
    {
        var (api, refused) = await changes.WriteAsync(AdminRoute.ActorOf(token), Segment.Decoded(identifier), http, ct);
        return refused ?? EntityTag.Show(http, ApiMetadata.Of(api!), ApiChanges.TagOf(api!));
    }

    /// <summary>Removes an API and its scopes. Tokens for it live on until they die, minutes later.</summary>
    private static async Task<IResult> RemoveAsync(string identifier, HttpContext http, ClaimsPrincipal token, ApiChanges changes, CancellationToken ct) =>
        await changes.RemoveApiAsync(AdminRoute.ActorOf(token), Segment.Decoded(identifier), http, ct) ?? Results.NoContent();
}
