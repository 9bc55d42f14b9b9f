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
        routes.MapGet(Routes.AdminApi + "/permissions", PermissionsAsync).ForAdministrators(Permission.ReadRoles).Answers(typeof(PermissionList));
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadRoles).Answers(typeof(RoleList));
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadRoles).Answers(typeof(RoleAnswer));
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageRoles).Takes(typeof(RoleInput)).Answers(typeof(RoleAnswer), StatusCodes.Status201Created);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageRoles).Takes(typeof(RoleInput), needsTag: true).Answers(typeof(RoleAnswer));
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageRoles).Takes(null, needsTag: true).AnswersNothing();
    }

    /// <summary>Every permission that a role holds or this server asks for, sorted.</summary>
    private static async Task<IResult> PermissionsAsync(Store db, CancellationToken ct) => Results.Json(new PermissionList(await KnownAsync(db, ct)));

    public static async Task<IReadOnlyList<string>> KnownAsync(Store db, CancellationToken ct) =>
    [
        .. (await db.Set<Role>().AsNoTracking().Select(role => role.Permissions).ToListAsync(ct)).SelectMany(permissions => permissions)
            .Concat(SeededRoles.Permissions[SeededRoles.Admin]).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Roles by name.</summary>
    private static async Task<IResult> ListAsync(Store db, CancellationToken ct, int limit = PageCursor.Usual, string? after = null)
    {
        if (!PageCursor.IsLimit(limit) || after?.Length > 100 || after?.Any(char.IsControl) == true)
            return Refusals.BadPage;
        var rows = await db.Set<Role>().AsNoTracking().Where(role => after == null || role.Name.CompareTo(after) > 0).OrderBy(role => role.Name).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new RoleList([.. rows.Take(limit).Select(Answer)], rows.Count > limit ? rows[limit - 1].Name : null));
    }

    /// <summary>One role, with an <c>ETag</c>.</summary>
    private static async Task<IResult> FindAsync(string name, HttpContext http, Store db, CancellationToken ct) =>
        await RoleAsync(db.Set<Role>().AsNoTracking(), name, ct) is { } role ? EntityTag.Show(http, Answer(role), RoleChanges.TagOf(role)) : Refusals.Missing("role");

    /// <summary>Adds a role. 403 for a permission the caller does not hold, 409 for a name that is taken.</summary>
    private static async Task<IResult> AddAsync(HttpContext http, ClaimsPrincipal token, RoleChanges changes, CancellationToken ct)
    {
        var input = new RoleInput();
        if (await RightsInput.FillAsync(http, input, () => RoleChanges.Rules(input), ct) is { } unfit)
            return unfit;
        var (role, refused) = await changes.AddAsync(AdminRoute.ActorOf(token), input, ct);
        return refused ?? EntityTag.Show(http, Answer(role!), RoleChanges.TagOf(role!), $"{All}/{role!.Name}");
    }

    /// <summary>Sets all permissions of a role. 403 for one that the caller does not hold.</summary>
    private static async Task<IResult> ChangeAsync(string name, HttpContext http, ClaimsPrincipal token, RoleChanges changes, CancellationToken ct)
    {
        var input = new RoleInput { Name = name };
        if (await RightsInput.FillAsync(http, input, () => [.. RightsInput.Kept(input.Name, name), .. PermissionRules.Held(input.Permissions)], ct) is { } unfit)
            return unfit;
        var (role, refused) = await changes.ChangeAsync(AdminRoute.ActorOf(token), name, input, EntityTag.SeenBy(http), ct);
        return refused ?? EntityTag.Show(http, Answer(role!), RoleChanges.TagOf(role!));
    }

    /// <summary>Removes a role from all who hold it. 409 for user, moderator and admin.</summary>
    private static async Task<IResult> RemoveAsync(string name, HttpContext http, ClaimsPrincipal token, RoleChanges changes, CancellationToken ct) =>
        await changes.RemoveAsync(AdminRoute.ActorOf(token), name, EntityTag.SeenBy(http), ct) ?? Results.NoContent();

    /// <summary>No name has a control character, and PostgreSQL refuses to look for one with a zero byte.</summary>
    public static async Task<Role?> RoleAsync(IQueryable<Role> roles, string name, CancellationToken ct) =>
        name.Any(char.IsControl) ? null : await roles.FirstOrDefaultAsync(role => role.Name == name, ct);

    private static RoleAnswer Answer(Role role) => new(role.Name, role.Permissions, SeededRoles.Permissions.ContainsKey(role.Name));
}

internal sealed record PermissionList(IReadOnlyList<string> Permissions);

/// <summary>A role; seeded ones are always there.</summary>
internal sealed record RoleAnswer(string Name, IReadOnlyList<string> Permissions, bool Seeded);

/// <summary>A page of roles; <c>next</c> is <c>after</c> of the next request, null at the end.</summary>
internal sealed record RoleList(IReadOnlyList<RoleAnswer> Roles, string? Next);
