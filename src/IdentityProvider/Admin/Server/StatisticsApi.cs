using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Admin.Server;

/// <summary>Counts in the admin API. What happened over time is in the metrics and the audit log; here is what there is.</summary>
internal static class StatisticsApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Routes.AdminApi + "/statistics", CountAsync).ForAdministrators(Permission.ReadStatistics).Answers(typeof(Statistics));

    /// <summary>How many there are of what, now.</summary>
    private static async Task<IResult> CountAsync(Store db, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var live = db.Set<Session>().Where(session => session.CompletedAt != null && session.IdleExpiresAt > now && session.ExpiresAt > now);
        return Results.Json(new Statistics(
            now,
            await db.Set<User>().LongCountAsync(ct),
            await db.Set<User>().LongCountAsync(user => user.DisabledAt != null, ct),
            await db.Set<Group>().LongCountAsync(ct),
            await db.Set<Client>().LongCountAsync(ct),
            await db.Set<Api>().LongCountAsync(ct),
            await live.LongCountAsync(ct),
            await live.LongCountAsync(session => session.AuthenticatedAt > now.AddDays(-1), ct),
            await db.Set<Grant>().LongCountAsync(grant => grant.Status == Statuses.Valid, ct)));
    }
}

/// <summary>How many there are of what.</summary>
/// <param name="At">When it was counted.</param>
/// <param name="Users">People.</param>
/// <param name="DisabledUsers">Of them, closed by an administrator.</param>
/// <param name="Groups">Groups.</param>
/// <param name="Clients">Clients.</param>
/// <param name="Apis">APIs.</param>
/// <param name="Sessions">Sessions that live.</param>
/// <param name="SessionsOfTheLastDay">Of them, those that somebody signed in to in the last 24 hours.</param>
/// <param name="Grants">Grants that live.</param>
internal sealed record Statistics(DateTimeOffset At, long Users, long DisabledUsers, long Groups, long Clients, long Apis, long Sessions, long SessionsOfTheLastDay, long Grants);
