using System.Security.Claims;
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

namespace IdentityProvider.Consents.Admin;

/// <summary>What people allowed clients, in the admin API: seen and taken back, never given for somebody.</summary>
internal static class ConsentsApi
{
    private const string All = Routes.AdminApi + "/consents";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadConsents).Answers(typeof(ConsentList));
        routes.MapDelete(All + "/{id:guid}", RevokeAsync).ForAdministrators(Permission.ManageConsents).AnswersNothing();
    }

    /// <summary>Consents, the newest first: of a person (<c>sub</c>), for a client (<c>client_id</c>), or all.</summary>
    private static async Task<IResult> ListAsync(
        Store db, CancellationToken ct, [FromQuery] Guid? sub = null, [FromQuery(Name = "client_id")] string? clientId = null, [FromQuery] int limit = PageCursor.Usual, [FromQuery] Guid? after = null)
    {
        if (!PageCursor.IsLimit(limit) || clientId?.Length > 100 || clientId?.Any(char.IsControl) == true)
            return Refusals.BadPage;
        var found = db.Set<Consent>().AsNoTracking();
        if (sub is { } person)
            found = found.Where(consent => consent.UserId == person);
        if (clientId is not null)
            found = found.Where(consent => db.Set<Client>().Any(client => client.Id == consent.ClientId && client.ClientId == clientId));
        if (after is { } last)
            found = found.Where(consent => consent.Id.CompareTo(last) < 0);

        // Ids are in the order of time.
        var rows = await found.OrderByDescending(consent => consent.Id).Take(limit + 1)
            .Join(db.Set<Client>(), consent => consent.ClientId, client => client.Id, (consent, client) => new { Consent = consent, client.ClientId }).OrderByDescending(pair => pair.Consent.Id).ToListAsync(ct);
        return Results.Json(new ConsentList(
            [.. rows.Take(limit).Select(pair => new ConsentAnswer(pair.Consent.Id, pair.Consent.UserId, pair.ClientId!, pair.Consent.Scopes, pair.Consent.Claims, pair.Consent.GrantedAt))],
            rows.Count > limit ? rows[limit - 1].Consent.Id : null));
    }

    /// <summary>Takes back what a person allowed a client, with every grant and token that came of it. They are asked again.</summary>
    private static async Task<IResult> RevokeAsync(Guid id, ClaimsPrincipal token, Store db, EventLog events, CancellationToken ct)
    {
        if (await db.Set<Consent>().AsNoTracking().FirstOrDefaultAsync(consent => consent.Id == id, ct) is not { } consent)
            return Refusals.Missing("consent");
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            await db.RevokeGrantsAsync(db.Set<Grant>().Where(grant => grant.UserId == consent.UserId && grant.Application!.Id == consent.ClientId), ct);
            await db.Set<Consent>().Where(row => row.Id == id).ExecuteDeleteAsync(ct);
            await transaction.CommitAsync(ct);
        }

        events.Raise(new ConsentRevokedByAdministrator(AdminRoute.ActorOf(token), consent.ClientId, consent.UserId));
        return Results.NoContent();
    }
}

/// <summary>What a person allowed a client.</summary>
internal sealed record ConsentAnswer(Guid Id, Guid Sub, string ClientId, IReadOnlyList<string> Scopes, IReadOnlyList<string> Claims, DateTimeOffset GrantedAt);

/// <summary>A page of consents; <c>next</c> is <c>after</c> of the next request, null at the end.</summary>
internal sealed record ConsentList(IReadOnlyList<ConsentAnswer> Consents, Guid? Next);

internal sealed record ConsentRevokedByAdministrator(Guid Actor, Guid Client, Guid UserId) : IEvent
{
    public string Name => "consents.revoked_by_administrator";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("client", Client), new("user", UserId)];
}
