using System.Globalization;
using IdentityProvider.Clients;
using IdentityProvider.Email;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys;

/// <summary>A key and its secret, which is told now and never again; or what is wrong with the request.</summary>
internal readonly record struct MadeKey(ApiKey? Key, string? Secret, IReadOnlyList<Problem> Problems);

/// <summary>Making, replacing and ending keys; the page and the API do it alike. Each is one transaction with the mail that tells of it.</summary>
internal sealed class ApiKeyChanges(
    Store db, ApiKeyCache cache, ScopeCatalog catalog, UserRoles roles, SecurityMail mails, IHostEnvironment environment, RateLimiter limiter,
    IOptions<ApiKeysOptions> options, IOptions<RateLimitsOptions> limits, TimeProvider clock, EventLog events)
{
    /// <summary>The longest that a key works beside the one that replaced it.</summary>
    public static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(30);

    /// <summary>For as long as a token that was exchanged for a key may live, and some.</summary>
    private static readonly TimeSpan RevocationKept = TimeSpan.FromMinutes(65);

    /// <param name="owner">Whose it will be.</param>
    /// <param name="http">The request, for the mail.</param>
    /// <param name="request">What it should be.</param>
    /// <param name="check">Only look what is wrong: something else is already.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="actor">Who makes it, where it is not the owner.</param>
    public async Task<MadeKey> CreateAsync(User owner, HttpContext http, ApiKeyRequest request, bool check, CancellationToken ct, Guid? actor = null)
    {
        var problems = ApiKeyRules.Check(request, await catalog.GetAsync(ct), await HeldAsync(owner.Id, ct), options.Value).ToList();
        if (problems.Count > 0 || check)
            return new MadeKey(null, null, problems);

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await HasRoomAsync(owner.Id, ct))
            return new MadeKey(null, null, [new("", $"You have {options.Value.MaxPerUser} keys, which is as many as an account can have. Revoke one to make another")]);
        var (key, secret) = Make(
            owner, request.Name!.Trim(), request.Scopes.Distinct(StringComparer.Ordinal), request.Permissions.Distinct(StringComparer.Ordinal),
            request.Networks.Select(text => text.Trim()).Distinct(StringComparer.Ordinal), request.RequestsPerMinute ?? options.Value.RequestsPerMinute, request.MonthlyQuota, request.Lifetime);
        db.Add(key);
        Tell(owner, http, "made", key);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        events.Raise(new ApiKeyChanged(actor ?? owner.Id, owner.Id, key.Id, "made"));
        return new MadeKey(key, secret, []);
    }

    /// <summary>A new secret with the same rights and the same length of life. The old one works on for the overlap, or until its own end if that is sooner.</summary>
    /// <returns>Nothing where there is no such key of this owner that works and was not replaced yet.</returns>
    public async Task<MadeKey?> RotateAsync(User owner, HttpContext http, Guid id, TimeSpan overlap, CancellationToken ct, Guid? actor = null)
    {
        if (overlap < TimeSpan.Zero || overlap > MaxOverlap)
            return new MadeKey(null, null, [new("overlap", $"Both keys can work side by side for at most {MaxOverlap.TotalDays:0} days")]);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var hasRoom = await HasRoomAsync(owner.Id, ct);
        var now = clock.GetUtcNow();
        if (await db.Set<ApiKey>().FirstOrDefaultAsync(k => k.Id == id && k.UserId == owner.Id && k.RevokedAt == null && k.SuccessorId == null && k.ExpiresAt > now, ct) is not { } old)
            return null;
        if (!hasRoom && overlap > TimeSpan.Zero)
            return new MadeKey(null, null, [new("overlap", "You have as many keys as an account can have. Revoke one, or let the old key end at once")]);

        var (key, secret) = Make(owner, old.Name, old.Scopes, old.Permissions, old.Networks, old.RequestsPerMinute, old.MonthlyQuota, old.ExpiresAt - old.CreatedAt);
        db.Add(key);
        old.SuccessorId = key.Id;
        if (overlap == TimeSpan.Zero)
            End(old, now);
        else if (old.ExpiresAt > now + overlap)
            old.ExpiresAt = now + overlap;
        Tell(owner, http, "rotated", key);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        cache.Forget(old.KeyHash);
        events.Raise(new ApiKeyChanged(actor ?? owner.Id, owner.Id, key.Id, "rotated"));
        return new MadeKey(key, secret, []);
    }

    /// <summary>Ends a key at once, and the tokens that it was exchanged for.</summary>
    /// <param name="actor">Who does it.</param>
    /// <param name="owner">Whose key it must be; null: anybody's.</param>
    /// <param name="http">The request, for the mail.</param>
    /// <param name="id">Which key.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>False where there is none that works.</returns>
    public async Task<bool> RevokeAsync(Guid actor, Guid? owner, HttpContext http, Guid id, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var now = clock.GetUtcNow();
        if (await db.Set<ApiKey>().Where(k => k.Id == id && (owner == null || k.UserId == owner) && k.RevokedAt == null && k.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.RevokedAt, now), ct) == 0)
            return false;
        var key = await db.Set<ApiKey>().FirstAsync(k => k.Id == id, ct);
        var user = await db.Set<User>().AsNoTracking().FirstAsync(u => u.Id == key.UserId, ct);
        db.Add(new RevokedToken { Id = id, RevokedAt = now, ExpiresAt = now + RevocationKept });
        Tell(user, http, actor == user.Id ? "revoked" : "revoked_by_administrator", key);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        cache.Forget(key.KeyHash);
        events.Raise(new ApiKeyChanged(actor, user.Id, id, "revoked"));
        return true;
    }

    /// <summary>How long this person must wait before making another; null: not at all.</summary>
    public async Task<TimeSpan?> TooManyAsync(Guid userId, CancellationToken ct)
    {
        var lease = await limiter.TryAcquireAsync("api-keys", limits.Value.ApiKeysPerUser, userId.ToString("N"), ct);
        return lease.Acquired ? null : lease.RetryAfter;
    }

    /// <summary>The permissions a person may give to a key.</summary>
    public async Task<IReadOnlyList<string>> HeldAsync(Guid userId, CancellationToken ct) =>
        [.. (await roles.HeldByAsync(userId, ct)).SelectMany(role => role.Permissions).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private (ApiKey Key, string Secret) Make(
        User owner, string name, IEnumerable<string> scopes, IEnumerable<string> permissions, IEnumerable<string> networks, int requestsPerMinute, int? monthlyQuota, TimeSpan lifetime)
    {
        var now = clock.GetUtcNow();
        var secret = ApiKeySecret.Create(environment.IsProduction());
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(now),
            UserId = owner.Id,
            Name = name,
            KeyHash = ApiKeySecret.Hash(secret),
            Shown = ApiKeySecret.Shown(secret),
            Scopes = [.. scopes],
            Permissions = [.. permissions],
            Networks = [.. networks],
            RequestsPerMinute = requestsPerMinute,
            MonthlyQuota = monthlyQuota,
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        };
        return (key, secret);
    }

    private void End(ApiKey key, DateTimeOffset now)
    {
        key.RevokedAt = now;
        db.Add(new RevokedToken { Id = key.Id, RevokedAt = now, ExpiresAt = now + RevocationKept });
    }

    /// <summary>Of two requests at once the second waits here for the person's row, and counts what the first made.</summary>
    private async Task<bool> HasRoomAsync(Guid owner, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await db.Set<User>().Where(u => u.Id == owner).ExecuteUpdateAsync(set => set.SetProperty(u => u.UpdatedAt, u => u.UpdatedAt), ct);
        return await db.Set<ApiKey>().CountAsync(k => k.UserId == owner && k.RevokedAt == null && k.ExpiresAt > now, ct) < options.Value.MaxPerUser;
    }

    private void Tell(User owner, HttpContext http, string change, ApiKey key) => mails.Add(
        db, http, new MailRecipient(owner.Email, owner.EmailConfirmed, owner.Locale), "api-key",
        ("change", change), ("name", key.Name), ("shown", key.Shown), ("until", key.ExpiresAt.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)));
}

/// <param name="Actor">Who did it.</param>
/// <param name="UserId">Whose key.</param>
/// <param name="KeyId">Which one.</param>
/// <param name="Change">made, rotated or revoked.</param>
internal sealed record ApiKeyChanged(Guid Actor, Guid UserId, Guid KeyId, string Change) : IEvent
{
    public string Name => "api_keys.changed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId), new("key", KeyId), new("reason", Change)];
}
