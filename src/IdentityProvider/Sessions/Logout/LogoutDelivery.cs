using System.Net;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Sessions.Logout;

/// <summary>One try to tell one client. It has five seconds; then it is tried later, for an hour.</summary>
internal sealed class LogoutDelivery(Store db, ClientCache clients, LogoutToken tokens, OutgoingHttp http, EventLog events, TimeProvider clock)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1), LongestWait = TimeSpan.FromMinutes(5), GiveUpAfter = TimeSpan.FromHours(1);

    public async Task TryAsync(LogoutNotice notice, CancellationToken ct)
    {
        if (await clients.FindAsync(notice.ClientId, ct) is not { BackchannelLogoutUri: { } uri } client)
        {
            await FinishAsync(notice, null);
            return;
        }

        var status = await PostAsync(uri, tokens.Create(client, notice), ct);
        if (status is HttpStatusCode.OK or HttpStatusCode.NoContent)
            await FinishAsync(notice, new LogoutDelivered(notice.ClientId, notice.SessionId, notice.Attempts));
        else if (IsFinal(status) || notice.CreatedAt + GiveUpAfter <= clock.GetUtcNow())
            await FinishAsync(notice, new LogoutGivenUp(client.ClientId!, notice.SessionId, status is { } code ? $"status_{(int)code}" : "unreachable"));
        else
            await PostponeAsync(notice);
    }

    /// <summary>Null where no answer came.</summary>
    private async Task<HttpStatusCode?> PostAsync(string uri, string token, CancellationToken ct)
    {
        try
        {
            using var body = new FormUrlEncodedContent([KeyValuePair.Create("logout_token", token)]);
            using var response = await http.Client.PostAsync(new Uri(uri), body, ct);
            return response.StatusCode;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The client has understood and says no (section 2.8): asking again changes nothing.</summary>
    private static bool IsFinal(HttpStatusCode? status) =>
        status is { } code && (int)code is >= 300 and < 500 && code is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);

    // Not the caller's token below: what has happened has to be written down.
    private async Task FinishAsync(LogoutNotice notice, IEvent? news)
    {
        await db.Set<LogoutNotice>().Where(n => n.Id == notice.Id).ExecuteDeleteAsync(CancellationToken.None);
        if (news is not null)
            events.Raise(news);
    }

    private Task PostponeAsync(LogoutNotice notice)
    {
        var wait = FirstWait * Math.Pow(2, Math.Min(notice.Attempts - 1, 10));
        var next = clock.GetUtcNow() + (wait < LongestWait ? wait : LongestWait);
        return db.Set<LogoutNotice>().Where(n => n.Id == notice.Id).ExecuteUpdateAsync(set => set.SetProperty(n => n.DueAt, next), CancellationToken.None);
    }
}

internal sealed record LogoutDelivered(Guid ClientId, Guid SessionId, int Attempts) : IEvent
{
    public string Name => "sessions.logout_delivered";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("client", ClientId), new("session", SessionId), new("attempts", Attempts)];

    /// <summary>The end of the session is.</summary>
    public bool IsAudited => false;
}

internal sealed record LogoutGivenUp(string ClientId, Guid SessionId, string Reason) : IEvent
{
    public string Name => "sessions.logout_given_up";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("client", ClientId), new("session", SessionId), new("reason", Reason)];
    public EventResult Result => EventResult.Failed;
}
