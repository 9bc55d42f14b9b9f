using System.Security.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.ServiceAccounts;

/// <summary>Service accounts in the admin API. Roles and groups are given to them as to people, keys by the room of keys, clients by their own metadata.</summary>
internal static class ServiceAccountsApi
{
    private const string All = Routes.AdminApi + "/service-accounts", One = All + "/{sub:guid}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadServiceAccounts);
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadServiceAccounts);
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageServiceAccounts);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageServiceAccounts);
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageServiceAccounts);
    }

    /// <summary>GET /api/admin/v1/service-accounts: by name; <c>limit</c> 1 to 200 (50), <c>after</c> the <c>next</c> of the page before. 400 for a parameter out of its limits.</summary>
    private static async Task<IResult> ListAsync(Store db, CancellationToken ct, int limit = 50, string? after = null)
    {
        if (limit is < 1 or > 200 || after?.Length > 256 || after?.Any(char.IsControl) == true)
            return Refusals.BadPage;
        var last = after is null ? null : UserNames.Normalize(after);
        var rows = await db.Set<User>().AsNoTracking().Where(user => user.ServiceSince != null && (last == null || user.NormalizedUserName!.CompareTo(last) > 0))
            .OrderBy(user => user.NormalizedUserName).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new { service_accounts = rows.Take(limit).Select(Answer), next = rows.Count > limit ? rows[limit - 1].UserName : null });
    }

    /// <summary>
    /// GET /api/admin/v1/service-accounts/{sub}: with an <c>ETag</c>, the <c>roles</c> it holds, also through groups, and the <c>clients</c> that act for
    /// it. 404 when there is none.
    /// </summary>
    private static async Task<IResult> FindAsync(Guid sub, HttpContext http, Store db, UserRoles roles, CancellationToken ct) =>
        await RowAsync(db.Set<User>().AsNoTracking(), sub, ct) is { } user ? await ShowAsync(http, db, roles, user, null, ct) : Refusals.Missing("service account");

    /// <summary>POST /api/admin/v1/service-accounts with <c>name</c> and <c>description</c>: 201. 400 with every broken rule, 409 for a name that is taken.</summary>
    private static async Task<IResult> AddAsync(HttpContext http, ClaimsPrincipal token, Store db, UserRoles roles, ServiceAccountChanges changes, CancellationToken ct)
    {
        var (user, refused) = await changes.AddAsync(BearerTokens.PersonOf(token)!.Value, http, ct);
        return refused ?? await ShowAsync(http, db, roles, user!, $"{All}/{user!.Id}", ct);
    }

    /// <summary>
    /// PUT /api/admin/v1/service-accounts/{sub} with <c>description</c> and <c>disabled</c>, and <c>If-Match</c>: 200. 403 for letting one in that holds
    /// what the caller does not, 404, 409 for the last administrator, 412 when another was faster, 428 without <c>If-Match</c>.
    /// </summary>
    private static async Task<IResult> ChangeAsync(Guid sub, HttpContext http, ClaimsPrincipal token, Store db, UserRoles roles, ServiceAccountChanges changes, CancellationToken ct)
    {
        var (user, refused) = await changes.ChangeAsync(BearerTokens.PersonOf(token)!.Value, sub, http, ct);
        return refused ?? await ShowAsync(http, db, roles, user!, null, ct);
    }

    /// <summary>DELETE /api/admin/v1/service-accounts/{sub} with <c>If-Match</c>: 204, with its keys; clients that act for it get no more tokens. 404, 412 and 428 as for PUT.</summary>
    private static async Task<IResult> RemoveAsync(Guid sub, HttpContext http, ClaimsPrincipal token, ServiceAccountChanges changes, CancellationToken ct) =>
        await changes.RemoveAsync(BearerTokens.PersonOf(token)!.Value, sub, http, ct) ?? Results.NoContent();

    public static Task<User?> RowAsync(IQueryable<User> users, Guid sub, CancellationToken ct) => users.FirstOrDefaultAsync(user => user.Id == sub && user.ServiceSince != null, ct);

    private static async Task<IResult> ShowAsync(HttpContext http, Store db, UserRoles roles, User user, string? location, CancellationToken ct)
    {
        var clients = await db.Set<Client>().Where(client => client.ServiceAccount == user.UserName).OrderBy(client => client.ClientId).Select(client => client.ClientId).Take(200).ToListAsync(ct);
        return EntityTag.Show(
            http,
            new { sub = user.Id, name = user.UserName, description = user.Name, disabled = user.DisabledAt is not null, created_at = user.CreatedAt, roles = await roles.OfAsync(user.Id, ct), clients },
            ServiceAccountChanges.TagOf(user),
            location);
    }

    private static object Answer(User user) => new { sub = user.Id, name = user.UserName, description = user.Name, disabled = user.DisabledAt is not null, created_at = user.CreatedAt };
}
