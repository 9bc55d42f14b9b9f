using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>
/// Devices that are not asked for the second factor, where a deployment allows it. Trust is a record, so that it can be seen and taken
/// back; it ends with everything that ends the other sessions of a person: another password, another factor, a reset.
/// </summary>
internal sealed class TrustedDevices(Store db, IOptions<SessionsOptions> options, IOptions<IdentityProviderOptions> server, TimeProvider clock, EventLog events)
{
    /// <summary>The one that was trusted first gives way.</summary>
    public const int MaxPerUser = 20;

    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    private readonly HostCookie cookie = new("trusted", server.Value);

    /// <summary>0: nothing is trusted and nobody is asked.</summary>
    public int Days => options.Value.TrustDevicesForDays;

    /// <summary>Trust lasts as long as the setting says now, not as it did then.</summary>
    private DateTimeOffset Since => clock.GetUtcNow() - TimeSpan.FromDays(Days);

    /// <summary>
    /// May this person's devices be trusted? Not those of somebody who must always give a second factor. The policies are taken from
    /// the request: the one that asks about second factors asks here too.
    /// </summary>
    public async Task<bool> MayTrustAsync(HttpContext http, Guid userId, CancellationToken ct)
    {
        if (Days == 0)
            return false;
        foreach (var policy in http.RequestServices.GetServices<ISecondFactorPolicy>())
            if (await policy.IsAlwaysDueAsync(userId, ct))
                return false;
        return true;
    }

    public async Task<bool> IsTrustedAsync(HttpContext http, Guid userId, CancellationToken ct)
    {
        if (cookie.ReadHandle(http) is not { } handle || !await MayTrustAsync(http, userId, ct))
            return false;
        var (hash, since, now) = (Handle.Hash(handle), Since, clock.GetUtcNow());
        return await db.Set<TrustedDevice>().Where(d => d.UserId == userId && d.HandleHash == hash && d.CreatedAt > since)
            .ExecuteUpdateAsync(set => set.SetProperty(d => d.LastUsedAt, now), ct) == 1;
    }

    /// <summary>Always under a new handle: one that somebody else put into the browser is worth nothing.</summary>
    public async Task TrustAsync(HttpContext http, Guid userId, CancellationToken ct)
    {
        if (!await MayTrustAsync(http, userId, ct))
            return;
        var (handle, now) = (Handle.Create(), clock.GetUtcNow());
        var oldest = await db.Set<TrustedDevice>().Where(d => d.UserId == userId).OrderByDescending(d => d.CreatedAt).Skip(MaxPerUser - 1).Select(d => d.Id).ToListAsync(ct);
        if (oldest.Count > 0)
            await db.Set<TrustedDevice>().Where(d => oldest.Contains(d.Id)).ExecuteDeleteAsync(ct);
        var device = new TrustedDevice
        {
            Id = Guid.CreateVersion7(now),
            UserId = userId,
            HandleHash = Handle.Hash(handle),
            Address = ClientAddress.Shown(http),
            UserAgent = string.Concat(http.Request.Headers.UserAgent.ToString().Take(256).Where(c => !char.IsControl(c))),
            CreatedAt = now,
            LastUsedAt = now,
        };
        db.Add(device);
        events.Record(db, new DeviceTrusted(userId, device.Id));
        await db.SaveChangesAsync(ct);
        cookie.Write(http, handle, TimeSpan.FromDays(Days));
    }

    /// <summary>Those that are trusted now, the one used last first.</summary>
    public async Task<IReadOnlyList<TrustedDevice>> OfAsync(Guid userId, CancellationToken ct)
    {
        var since = Since;
        return Days == 0 ? [] : await db.Set<TrustedDevice>().AsNoTracking().Where(d => d.UserId == userId && d.CreatedAt > since).OrderByDescending(d => d.LastUsedAt).ToListAsync(ct);
    }

    /// <summary>Whatever ends the other sessions of a person ends the trust in devices. Joins a transaction that is open.</summary>
    public static Task ForgetAllAsync(Store db, Guid userId, CancellationToken ct) => db.Set<TrustedDevice>().Where(d => d.UserId == userId).ExecuteDeleteAsync(ct);

    /// <summary>Only one's own, whatever id is sent.</summary>
    public Task ForgetAsync(Guid userId, Guid id, CancellationToken ct) => events.RecordAsync(
        db, async () => await db.Set<TrustedDevice>().Where(d => d.Id == id && d.UserId == userId).ExecuteDeleteAsync(ct) == 1 ? new DeviceTrustEnded(userId, id) : null, ct);
}

internal sealed record DeviceTrusted(Guid UserId, Guid DeviceId) : IEvent
{
    public string Name => "sessions.device_trusted";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("device", DeviceId)];
}

internal sealed record DeviceTrustEnded(Guid UserId, Guid DeviceId) : IEvent
{
    public string Name => "sessions.device_trust_ended";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("device", DeviceId)];
}
