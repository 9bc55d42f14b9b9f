using System.Security.Claims;
using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Admin.Server;

/// <summary>What clients were given and may still use, in the admin API.</summary>
internal static class GrantsApi
{
    private const string All = Routes.AdminApi + "/grants";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadGrants).Answers(typeof(GrantList));
        routes.MapDelete(All + "/{id:guid}", RevokeAsync).ForAdministrators(Permission.ManageGrants).AnswersNothing();
    }

    /// <summary>Grants that live, the newest first: of a person (<c>sub</c>), of a client (<c>client_id</c>), or all.</summary>
    private static async Task<IResult> ListAsync(
        Store db, CancellationToken ct, [FromQuery] Guid? sub = null, [FromQuery(Name = "client_id")] string? clientId = null, [FromQuery] int limit = PageCursor.Usual, [FromQuery] Guid? after = null)
    {
        if (!PageCursor.IsLimit(limit) || clientId?.Length > 100 || clientId?.Any(char.IsControl) == true)
            return Refusals.BadPage;
        var found = db.Set<Grant>().AsNoTracking().Where(grant => grant.Status == Statuses.Valid && grant.Application != null);
        if (sub is { } person)
            found = found.Where(grant => grant.UserId == person);
        if (clientId is not null)
            found = found.Where(grant => grant.Application!.ClientId == clientId);
        if (after is { } last)
            found = found.Where(grant => grant.Id.CompareTo(last) < 0);

        // Ids are in the order of time.
        var rows = await found.OrderByDescending(grant => grant.Id).Take(limit + 1)
            .Select(grant => new { grant.Id, grant.UserId, grant.SessionId, grant.Application!.ClientId, grant.Scopes, grant.CreationDate }).ToListAsync(ct);
        return Results.Json(new GrantList(
            [.. rows.Take(limit).Select(row => new GrantAnswer(row.Id, row.UserId, row.ClientId!, row.SessionId, JsonSerializer.Deserialize<string[]>(row.Scopes ?? "[]")!, new DateTimeOffset(DateTime.SpecifyKind(row.CreationDate ?? default, DateTimeKind.Utc))))],
            rows.Count > limit ? rows[limit - 1].Id : null));
    }

    /// <summary>Ends a grant and every token that came of it.</summary>
    private static async Task<IResult> RevokeAsync(Guid id, ClaimsPrincipal token, Store db, EventLog events, CancellationToken ct)
    {
        if (await db.RevokeGrantsAsync(db.Set<Grant>().Where(grant => grant.Id == id), ct) == 0)
            return Refusals.Missing("grant that lives");
        events.Raise(new GrantRevokedByAdministrator(AdminRoute.ActorOf(token), id));
        return Results.NoContent();
    }
}

/// <summary>A grant that lives.</summary>
internal sealed record GrantAnswer(Guid Id, Guid? Sub, string ClientId, Guid? Sid, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt);

/// <summary>A page of grants; <c>next</c> is <c>after</c> of the next request, null at the end.</summary>
internal sealed record GrantList(IReadOnlyList<GrantAnswer> Grants, Guid? Next);

internal sealed record GrantRevokedByAdministrator(Guid Actor, Guid Grant) : IEvent
{
    public string Name => "grants.revoked_by_administrator";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("grant", Grant)];
}
