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

/// <summary>Identity scopes in the admin API, beyond those that are always there.</summary>
internal static class ScopesApi
{
    private const string All = Routes.AdminApi + "/scopes", One = All + "/{name}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadApis).Answers(typeof(ScopeList));
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadApis).Answers(typeof(IdentityScopeMetadata));
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageApis).Takes(typeof(IdentityScopeMetadata)).Answers(typeof(IdentityScopeMetadata), StatusCodes.Status201Created);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageApis).Takes(typeof(IdentityScopeMetadata), needsTag: true).Answers(typeof(IdentityScopeMetadata));
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageApis).Takes(null, needsTag: true).AnswersNothing();
    }

    /// <summary>Identity scopes by name.</summary>
    private static async Task<IResult> ListAsync(Store db, CancellationToken ct, [FromQuery] int limit = PageCursor.Usual, [FromQuery] string? after = null)
    {
        if (!PageCursor.IsLimit(limit) || after?.Length > 100 || after?.Any(char.IsControl) == true)
            return Refusals.BadPage;
        var rows = await db.Set<Scope>().AsNoTracking().Where(scope => scope.ApiId == null && (after == null || scope.Name.CompareTo(after) > 0)).OrderBy(scope => scope.Name).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new ScopeList([.. rows.Take(limit).Select(IdentityScopeMetadata.Of)], rows.Count > limit ? rows[limit - 1].Name : null));
    }

    /// <summary>One identity scope, with an <c>ETag</c>. A name with slashes is sent percent-encoded.</summary>
    private static async Task<IResult> FindAsync(string name, HttpContext http, Store db, CancellationToken ct) =>
        await ApiChanges.FindAsync(db.Set<Scope>().AsNoTracking(), Segment.Decoded(name), ct) is { } scope ? EntityTag.Show(http, IdentityScopeMetadata.Of(scope), ApiChanges.TagOf(scope)) : Refusals.Missing("identity scope");

    /// <summary>Adds an identity scope. 409 for a name that is taken, by an API too.</summary>
    private static async Task<IResult> AddAsync(HttpContext http, ClaimsPrincipal token, ApiChanges changes, CancellationToken ct)
    {
        var (scope, refused) = await changes.WriteScopeAsync(AdminRoute.ActorOf(token), null, http, ct);
        return refused ?? EntityTag.Show(http, IdentityScopeMetadata.Of(scope!), ApiChanges.TagOf(scope!), $"{All}/{Uri.EscapeDataString(scope!.Name)}");
    }

    /// <summary>Changes all of an identity scope.</summary>
    private static async Task<IResult> ChangeAsync(string name, HttpContext http, ClaimsPrincipal token, ApiChanges changes, CancellationToken ct)
    {
        var (scope, refused) = await changes.WriteScopeAsync(AdminRoute.ActorOf(token), Segment.Decoded(name), http, ct);
        return refused ?? EntityTag.Show(http, IdentityScopeMetadata.Of(scope!), ApiChanges.TagOf(scope!));
    }

    /// <summary>Removes an identity scope.</summary>
    private static async Task<IResult> RemoveAsync(string name, HttpContext http, ClaimsPrincipal token, ApiChanges changes, CancellationToken ct) =>
        await changes.RemoveScopeAsync(AdminRoute.ActorOf(token), Segment.Decoded(name), http, ct) ?? Results.NoContent();
}
