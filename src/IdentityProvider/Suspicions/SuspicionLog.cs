using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Suspicions;

/// <summary>Tells what looks like an attack, each once in a while: sixteen requests and two nodes that see the same make one event and one mail.</summary>
internal sealed class SuspicionLog(Store db, SuspicionMail mails, EventLog events, IOptions<SuspicionsOptions> options, TimeProvider clock)
{
    /// <param name="news">What is told.</param>
    /// <param name="about">The person, network or server it is about.</param>
    /// <param name="with">Goes with it: saved in the same transaction.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False when it was told already.</returns>
    public Task<bool> TellAsync(IEvent news, string about, Func<Task>? with, CancellationToken ct) => events.RecordAsync(
        db,
        async () =>
        {
            if (!await TakeAsync(news.Name, about, ct))
                return null;
            if (with is not null)
                await with();
            return news;
        },
        ct);

    /// <summary>Somebody who knows the password came with a browser that was never here.</summary>
    public Task NewDeviceAsync(HttpContext http, User user, Guid sessionId, CancellationToken ct) => TellAsync(
        new NewDevice(user.Id, sessionId, BrowserName.Of(http.Request.Headers.UserAgent)),
        DeviceOf(http, user),
        () =>
        {
            mails.Add(http, user, SuspicionMail.NewDevice);
            return Task.CompletedTask;
        },
        ct);

    /// <summary>Of a sign-in that was told for another reason its new browser is not told too.</summary>
    public Task<bool> QuietDeviceAsync(HttpContext http, User user, CancellationToken ct) => TakeAsync(NewDevice.EventName, DeviceOf(http, user), ct);

    private Task<bool> TakeAsync(string what, string about, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return Suspicion.TryTakeAsync(db, what, about, now, now + options.Value.QuietFor, ct);
    }

    private static string DeviceOf(HttpContext http, User user) => $"{user.Id:N}\n{ClientAddress.Of(http)}\n{BrowserName.Of(http.Request.Headers.UserAgent)}";
}
