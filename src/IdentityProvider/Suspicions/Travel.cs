using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Suspicions;

/// <summary>
/// Looks at each sign-in from a browser that is new to the person: was the person, by another sign-in of the last day, where nobody gets here from in that time? Both
/// places are looked up from addresses that the audit has anyway; no coordinate is kept. Costs nothing without a file of places.
/// </summary>
internal sealed class Travel(Store db, Places places, KnownBrowsers browsers, SuspicionLog log, SuspicionMail mails, IOptions<SuspicionsOptions> options, TimeProvider clock)
{
    private const string SignIn = "sessions.session_started";
    private const int Most = 50;

    public async Task LookAsync(HttpContext http, User user, Guid sessionId, CancellationToken ct)
    {
        // A browser the person is known in moved with them, or into a private network whose exit is elsewhere.
        if (options.Value.TravelKilometers == 0 || places.PointOf(ClientAddress.Shown(http)) is not { } here || browsers.KeyFor(http, user) is not null)
            return;
        if (await FindAsync(here, user.Id, sessionId, ct) is not var (before, kilometers, time))
            return;
        await log.TellAsync(
            new ImpossibleTravel(user.Id, sessionId, before.SessionId, kilometers / 100 * 100, (int)time.TotalMinutes),
            user.Id.ToString("N"),
            async () =>
            {
                await log.QuietDeviceAsync(http, user, ct);
                mails.Add(http, user, SuspicionMail.Travel, ("before", places.With(before.Address!)), ("apart", Duration.InWords(time)));
            },
            ct);
    }

    /// <summary>The newest sign-in that cannot be the same person's.</summary>
    private async Task<(AuditRecord Before, int Kilometers, TimeSpan Time)?> FindAsync(GeoPoint here, Guid userId, Guid sessionId, CancellationToken ct)
    {
        var settings = options.Value;
        var now = clock.GetUtcNow();

        // Half the way round the earth: whoever has had longer may have travelled.
        var since = now - TimeSpan.FromHours(GeoPoint.Farthest / settings.TravelKilometersPerHour);
        var (person, session) = (userId.ToString(), sessionId.ToString());
        var earlier = await db.Set<AuditRecord>().AsNoTracking()
            .Where(r => r.TargetId == person && r.Name == SignIn && r.At > since && r.SessionId != session && r.Address != null)
            .OrderByDescending(r => r.At).Take(Most).ToListAsync(ct);
        foreach (var before in earlier)
        {
            if (places.PointOf(before.Address) is not { } there)
                continue;
            var (kilometers, time) = (here.KilometersTo(there), (now - before.At).Duration());
            if (kilometers > settings.TravelKilometers && kilometers > settings.TravelKilometersPerHour * time.TotalHours)
                return (before, (int)kilometers, time);
        }

        return null;
    }
}
