using System.Security.Claims;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace IdentityProvider.Admin.Clients;

/// <summary>The secrets of a client in the admin API: made, counted and removed, and never shown again.</summary>
internal static class SecretsApi
{
    private const string All = ClientsApi.One + "/secrets";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadClients).Answers(typeof(SecretList));
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageClients).Takes(typeof(SecretInput)).Answers(typeof(SecretAnswer), StatusCodes.Status201Created);
        routes.MapDelete(All + "/{id:guid}", RemoveAsync).ForAdministrators(Permission.ManageClients).AnswersNothing();
    }

    /// <summary>The secrets of a client, without what they are.</summary>
    private static async Task<IResult> ListAsync(string clientId, Store db, CancellationToken ct) =>
        await ClientChanges.FindAsync(db, Segment.Decoded(clientId), ct) is { } client
            ? Results.Json(new SecretList([.. client.Secrets.OrderBy(secret => secret.CreatedAt).Select(SecretAnswer.Of)]))
            : Refusals.Missing("client");

    /// <summary>
    /// Makes a secret: <c>client_secret</c> is in this answer and nowhere else. With <c>overlap</c> the ones there are end that many seconds from now. 409 for a
    /// client that needs none, or has ten.
    /// </summary>
    private static async Task<IResult> AddAsync(string clientId, HttpContext http, ClaimsPrincipal token, SecretChanges changes, CancellationToken ct)
    {
        var (secret, refused) = await changes.AddAsync(AdminRoute.ActorOf(token), Segment.Decoded(clientId), http, ct);
        http.Response.Headers.CacheControl = "no-store";
        return refused ?? Results.Json(secret, statusCode: StatusCodes.Status201Created);
    }

    /// <summary>Removes a secret at once. 409 for the last one that works.</summary>
    private static async Task<IResult> RemoveAsync(string clientId, Guid id, ClaimsPrincipal token, SecretChanges changes, CancellationToken ct) =>
        await changes.RemoveAsync(AdminRoute.ActorOf(token), Segment.Decoded(clientId), id, ct) ?? Results.NoContent();
}
