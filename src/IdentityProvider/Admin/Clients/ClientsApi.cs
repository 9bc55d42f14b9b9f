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

namespace IdentityProvider.Admin.Clients;

/// <summary>Clients in the admin API, in the words of RFC 7591 and of the setup document.</summary>
internal static class ClientsApi
{
    public const string All = Routes.AdminApi + "/clients", One = All + "/{clientId}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadClients).Answers(typeof(ClientList));
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadClients).Answers(typeof(ClientAnswer));
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageClients).Takes(typeof(ClientMetadata)).Answers(typeof(ClientAnswer), StatusCodes.Status201Created);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageClients).Takes(typeof(ClientMetadata), needsTag: true).Answers(typeof(ClientAnswer));
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageClients).Takes(null, needsTag: true).AnswersNothing();
    }

    /// <summary>Clients by <c>client_id</c>; <c>search</c> is the beginning of one.</summary>
    private static async Task<IResult> ListAsync(Store db, CancellationToken ct, [FromQuery] string? search = null, [FromQuery] int limit = PageCursor.Usual, [FromQuery] string? after = null)
    {
        if (!PageCursor.IsLimit(limit) || search?.Length > 100 || after?.Length > 100 || $"{search}{after}".Any(char.IsControl))
            return Refusals.BadPage;
        var rows = await db.Set<Client>().AsNoTracking().Where(client => (search == null || client.ClientId!.StartsWith(search)) && (after == null || client.ClientId!.CompareTo(after) > 0))
            .OrderBy(client => client.ClientId).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new ClientList([.. rows.Take(limit).Select(client => ClientAnswer.Of(client))], rows.Count > limit ? rows[limit - 1].ClientId : null));
    }

    /// <summary>One client, with an <c>ETag</c>. An id with slashes is sent percent-encoded.</summary>
    private static async Task<IResult> FindAsync(string clientId, HttpContext http, Store db, CancellationToken ct) =>
        await ClientChanges.FindAsync(db, Segment.Decoded(clientId), ct) is { } client ? EntityTag.Show(http, ClientAnswer.Of(client), ClientChanges.TagOf(client)) : Refusals.Missing("client");

    /// <summary>
    /// Registers a client. Without <c>client_id</c> it gets one, and without <c>client_secret</c>, where it needs one, a secret that is in this answer and nowhere
    /// else. 403 for scopes of the admin API that stand for more than the caller holds, 409 for an id that is taken.
    /// </summary>
    private static async Task<IResult> AddAsync(HttpContext http, ClaimsPrincipal token, ClientChanges changes, CancellationToken ct)
    {
        var (client, secret, refused) = await changes.AddAsync(AdminRoute.ActorOf(token), http, ct);
        return refused ?? EntityTag.Show(http, ClientAnswer.Of(client!, secret), ClientChanges.TagOf(client!), $"{All}/{Uri.EscapeDataString(client!.ClientId!)}");
    }

    /// <summary>Changes all of a client; what is left out has its default. Its secrets stay, unless it needs none any more.</summary>
    private static async Task<IResult> ChangeAsync(string clientId, HttpContext http, ClaimsPrincipal token, ClientChanges changes, CancellationToken ct)
    {
        var (client, secret, refused) = await changes.ChangeAsync(AdminRoute.ActorOf(token), Segment.Decoded(clientId), http, ct);
        return refused ?? EntityTag.Show(http, ClientAnswer.Of(client!, secret), ClientChanges.TagOf(client!));
    }

    /// <summary>Removes a client, ends its grants and forgets what people allowed it.</summary>
    private static async Task<IResult> RemoveAsync(string clientId, HttpContext http, ClaimsPrincipal token, ClientChanges changes, CancellationToken ct) =>
        await changes.RemoveAsync(AdminRoute.ActorOf(token), Segment.Decoded(clientId), EntityTag.SeenBy(http), ct) ?? Results.NoContent();
}
