using System.Security.Claims;
using IdentityProvider.Admin.Rights;
using IdentityProvider.Clients;
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

namespace IdentityProvider.Admin.ServiceAccounts;

/// <summary>Service accounts in the admin API. Roles and groups are given to them as to people, keys by the room of keys, clients by their own metadata.</summary>
internal static class ServiceAccountsApi
{
    private const string All = Routes.AdminApi + "/service-accounts", One = All + "/{sub:guid}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadServiceAccounts).Answers(typeof(ServiceAccountList));
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadServiceAccounts).Answers(typeof(ServiceAccountAnswer));
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageServiceAccounts).Takes(typeof(ServiceAccountInput)).Answers(typeof(ServiceAccountAnswer), StatusCodes.Status201Created);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageServiceAccounts).Takes(typeof(ServiceAccountInput), needsTag: true).Answers(typeof(ServiceAccountAnswer));
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageServiceAccounts).Takes(null, needsTag: true).AnswersNothing();
    }

    /// <summary>Accounts of programs, by name.</summary>
    private static async Task<IResult> ListAsync(Store db, CancellationToken ct, int limit = PageCursor.Usual, string? after = null)
    {
        if (!PageCursor.IsLimit(limit) || after?.Length > 256 || after?.Any(char.IsControl) == true)
            return Refusals.BadPage;
        var last = after is null ? null : UserNames.Normalize(after);
        var rows = await db.Set<User>().AsNoTracking().Where(user => user.ServiceSince != null && (last == null || user.NormalizedUserName!.CompareTo(last) > 0))
            .OrderBy(user => user.NormalizedUserName).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new ServiceAccountList([.. rows.Take(limit).Select(Answer)], rows.Count > limit ? rows[limit - 1].UserName : null));
    }

    /// <summary>One account, with an <c>ETag</c>, the roles it holds, also through groups, and the clients that act for it.</summary>
    private static async Task<IResult> FindAsync(Guid sub, HttpContext http, Store db, UserRoles roles, CancellationToken ct) =>
        await RowAsync(db.Set<User>().AsNoTracking(), sub, ct) is { } user ? await ShowAsync(http, db, roles, user, null, ct) : Refusals.Missing("service account");

    /// <summary>Adds an account. 409 for a name that is taken.</summary>
    private static async Task<IResult> AddAsync(HttpContext http, ClaimsPrincipal token, Store db, UserRoles roles, ServiceAccountChanges changes, CancellationToken ct)
    {
        var input = new ServiceAccountInput();
        if (await FillAsync(http, input, () => RightsInput.NameProblems(input.Name), ct) is { } unfit)
            return unfit;
        var (user, refused) = await changes.AddAsync(AdminRoute.ActorOf(token), input, ct);
        return refused ?? await ShowAsync(http, db, roles, user!, $"{All}/{user!.Id}", ct);
    }

    /// <summary>Changes the description, or shuts the account out and lets it in (<c>disabled</c>). 403 for letting one in that holds what the caller does not.</summary>
    private static async Task<IResult> ChangeAsync(Guid sub, HttpContext http, ClaimsPrincipal token, Store db, UserRoles roles, ServiceAccountChanges changes, CancellationToken ct)
    {
        if (await RowAsync(db.Set<User>().AsNoTracking(), sub, ct) is not { } known)
            return Refusals.Missing("service account");
        var input = new ServiceAccountInput { Name = known.UserName! };
        if (await FillAsync(http, input, () => RightsInput.Kept(input.Name, known.UserName!), ct) is { } unfit)
            return unfit;
        var (user, refused) = await changes.ChangeAsync(AdminRoute.ActorOf(token), sub, input, EntityTag.SeenBy(http), ct);
        return refused ?? await ShowAsync(http, db, roles, user!, null, ct);
    }

    /// <summary>Removes an account with its keys; clients that act for it get no more tokens.</summary>
    private static async Task<IResult> RemoveAsync(Guid sub, HttpContext http, ClaimsPrincipal token, ServiceAccountChanges changes, CancellationToken ct) =>
        await changes.RemoveAsync(AdminRoute.ActorOf(token), sub, EntityTag.SeenBy(http), ct) ?? Results.NoContent();

    public static Task<User?> RowAsync(IQueryable<User> users, Guid sub, CancellationToken ct) => users.FirstOrDefaultAsync(user => user.Id == sub && user.ServiceSince != null, ct);

    /// <summary>The clients that act for it.</summary>
    public static async Task<IReadOnlyList<string>> ClientsAsync(Store db, User user, CancellationToken ct) =>
        await db.Set<Client>().Where(client => client.ServiceAccount == user.UserName).OrderBy(client => client.ClientId).Select(client => client.ClientId!).Take(200).ToListAsync(ct);

    private static Task<IResult?> FillAsync(HttpContext http, ServiceAccountInput input, Func<IEnumerable<Problem>> more, CancellationToken ct) =>
        JsonBody.FillAsync(http, input, more, ct, "sub", "created_at", "roles", "clients");

    private static async Task<IResult> ShowAsync(HttpContext http, Store db, UserRoles roles, User user, string? location, CancellationToken ct)
    {
        var clients = await ClientsAsync(db, user, ct);
        return EntityTag.Show(
            http,
            Answer(user) with { Roles = await roles.OfAsync(user.Id, ct), Clients = clients },
            ServiceAccountChanges.TagOf(user),
            location);
    }

    private static ServiceAccountAnswer Answer(User user) => new(user.Id, user.UserName!, user.Name, user.DisabledAt is not null, user.CreatedAt);
}

/// <summary>A service account; roles, also through groups, and the clients that act for it only where one is asked for.</summary>
internal sealed record ServiceAccountAnswer(Guid Sub, string Name, string? Description, bool Disabled, DateTimeOffset CreatedAt)
{
    public IReadOnlyList<string>? Roles { get; init; }

    public IReadOnlyList<string>? Clients { get; init; }
}

/// <summary>A page of service accounts; <c>next</c> is <c>after</c> of the next request, null at the end.</summary>
internal sealed record ServiceAccountList(IReadOnlyList<ServiceAccountAnswer> ServiceAccounts, string? Next);
