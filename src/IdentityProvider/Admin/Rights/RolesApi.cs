using System.Security.Claims;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>Roles and their permissions in the admin API.</summary>
internal static class RolesApi
{
    public const string All = Routes.AdminApi + "/roles", One = All + "/{name}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.AdminApi + "/permissions", PermissionsAsync).ForAdministrators(Permission.ReadRoles);
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadRoles);
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadRoles);
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageRoles);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageRoles);
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageRoles);
    }

    /// <summary>GET /api/admin/v1/permissions: every permission that a role holds or this server asks for, sorted.</summary>
    private static async Task<IResult> PermissionsAsync(Store db, CancellationToken ct) => Results.Json(new
    {
        permissions = (await db.Set<Role>().AsNoTracking().Select(role => role.Permissions).ToListAsync(ct)).SelectMany(permissions => permissions)
            .Concat(SeededRoles.Permissions[SeededRoles.Admin]).Distinct().Order(StringComparer.Ordinal),
    });

    /// <summary>GET /api/admin/v1/roles: by name; <c>limit</c> 1 to 200 (50), <c>after</c> the <c>next</c> of the page before. 400 for a parameter out of its limits.</summary>
    private static async Task<IResult> ListAsync(Store db, CancellationToken ct, int limit = 50, string? after = null)
    {
        if (limit is < 1 or > 200 || after?.Length > 100 || after?.Any(char.IsControl) == true)
            return Refusals.BadPage;
        var rows = await db.Set<Role>().AsNoTracking().Where(role => after == null || role.Name.CompareTo(after) > 0).OrderBy(role => role.Name).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new { roles = rows.Take(limit).Select(Answer), next = rows.Count > limit ? rows[limit - 1].Name : null });
    }

    /// <summary>GET /api/admin/v1/roles/{name}: with an <c>ETag</c>; 404 when there is none.</summary>
    private static async Task<IResult> FindAsync(string name, HttpContext http, Store db, CancellationToken ct) =>
        await RoleAsync(db.Set<Role>().AsNoTracking(), name, ct) is { } role ? EntityTag.Show(http, Answer(role), RoleChanges.TagOf(role)) : Refusals.Missing("role");

    /// <summary>POST /api/admin/v1/roles with <c>name</c> and <c>permissions</c>: 201. 400 with every broken rule, 403 for a permission the caller does not hold, 409 for a name that is taken.</summary>
    private static async Task<IResult> AddAsync(HttpContext http, ClaimsPrincipal token, RoleChanges changes, CancellationToken ct)
    {
        var (role, refused) = await changes.AddAsync(BearerTokens.PersonOf(token)!.Value, http, ct);
        return refused ?? EntityTag.Show(http, Answer(role!), RoleChanges.TagOf(role!), $"{All}/{role!.Name}");
    }

    /// <summary>PUT /api/admin/v1/roles/{name} with all <c>permissions</c> and <c>If-Match</c>: 200. As POST, and 404, 412 when another was faster, 428 without <c>If-Match</c>.</summary>
    private static async Task<IResult> ChangeAsync(string name, HttpContext http, ClaimsPrincipal token, RoleChanges changes, CancellationToken ct)
    {
        var (role, refused) = await changes.ChangeAsync(BearerTokens.PersonOf(token)!.Value, name, http, ct);
        return refused ?? EntityTag.Show(http, Answer(role!), RoleChanges.TagOf(role!));
    }

    /// <summary>DELETE /api/admin/v1/roles/{name} with <c>If-Match</c>: 204, taken from all who hold it. 409 for user, moderator and admin; 404, 412 and 428 as for PUT.</summary>
    private static async Task<IResult> RemoveAsync(string name, HttpContext http, ClaimsPrincipal token, RoleChanges changes, CancellationToken ct) =>
        await changes.RemoveAsync(BearerTokens.PersonOf(token)!.Value, name, http, ct) ?? Results.NoContent();

    /// <summary>No name has a control character, and PostgreSQL refuses to look for one with a zero byte.</summary>
    public static async Task<Role?> RoleAsync(IQueryable<Role> roles, string name, CancellationToken ct) =>
        name.Any(char.IsControl) ? null : await roles.FirstOrDefaultAsync(role => role.Name == name, ct);

    private static object Answer(Role role) => new { name = role.Name, permissions = role.Permissions, seeded = SeededRoles.Permissions.ContainsKey(role.Name) };
}
