using System.Text;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.OneTimeCodes;

/// <summary>What goes into the mail: once, and kept nowhere in clear.</summary>
internal sealed record IssuedCode(string Token, string Code);

/// <summary>A link or code that is good now; whether it still is when it counts is said by <see cref="CodeStore.ConsumeAsync"/>.</summary>
internal sealed record FoundCode(Guid Id, string Purpose, string Owner, string? Data, bool SameBrowser);

/// <summary>
/// Looking never uses anything up: programs that read mail follow links. A use is a POST: find it by the link, in the browser that
/// asked, or by the digits; then consume it in the transaction of what it brings about.
/// </summary>
internal sealed class CodeStore(Store db, CodeHash hash, MasterKey master, TimeProvider clock, IServiceScopeFactory scopes, EventLog events, IOptions<IdentityProviderOptions> options)
{
    /// <summary>Adds a link and a code, saved with the caller's changes, best beside the mail that carries them.</summary>
    /// <param name="purpose">What it is good for, at most 30 characters.</param>
    /// <param name="owner">Whom it is for: an id, or <see cref="CodeHash.OwnerOf"/>.</param>
    /// <param name="lifetime">How long it is good.</param>
    /// <param name="browser">From <see cref="BrowserCookie"/>: where the link works without the digits.</param>
    /// <param name="data">What to find again with it.</param>
    public IssuedCode Add(string purpose, string owner, TimeSpan lifetime, string browser, string? data = null)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var issued = new IssuedCode(Handle.Create(), CodeHash.Create());
        db.Add(new OneTimeCode
        {
            Id = id,
            Purpose = purpose,
            Owner = owner,
            TokenHash = Handle.Hash(issued.Token),
            CodeHash = hash.Of(purpose, id, issued.Code),
            BrowserHash = Handle.Hash(browser),
            ProtectedData = data is null ? null : master.Protect(Encoding.UTF8.GetBytes(data), SealFor(purpose)),
            CreatedAt = now,
            ExpiresAt = now + lifetime,
        });
        return issued;
    }

    /// <summary>A link into our own pages: from the configured issuer, never from what a request calls us.</summary>
    public string LinkTo(string path, string token) => new Uri(options.Value.IssuerUri, $"{path}?token={token}").AbsoluteUri;

    /// <summary>The link's code, if it is good; the caller asks for the digits where it is not the same browser.</summary>
    public async Task<FoundCode?> FindByLinkAsync(string purpose, string? token, string? browser, CancellationToken ct)
    {
        if (token is not { Length: 43 })
            return null;
        var tokenHash = Handle.Hash(token);
        return await Good(db, purpose).FirstOrDefaultAsync(c => c.TokenHash == tokenHash, ct) is { } row ? Found(row, browser) : null;
    }

    /// <summary>The code whose digits were typed in the browser that asked.</summary>
    public Task<FoundCode?> FindByCodeAsync(string purpose, string? browser, string? typed, CancellationToken ct)
    {
        var browserHash = Handle.Hash(browser ?? "");
        return TryAsync(Good(db, purpose).Where(c => c.BrowserHash == browserHash), browser, typed, ct);
    }

    /// <summary>The code whose link was opened in another browser and whose digits were typed there.</summary>
    public Task<FoundCode?> FindByLinkAndCodeAsync(string purpose, string? token, string? browser, string? typed, CancellationToken ct)
    {
        var tokenHash = Handle.Hash(token ?? "");
        return TryAsync(Good(db, purpose).Where(c => c.TokenHash == tokenHash), browser, typed, ct);
    }

    /// <summary>What was asked for last in this browser, to show that it is waited for.</summary>
    public async Task<(FoundCode Code, DateTimeOffset CreatedAt)?> FindNewestAsync(string purpose, string? browser, CancellationToken ct)
    {
        if (browser is null)
            return null;
        var browserHash = Handle.Hash(browser);
        return await Good(db, purpose).Where(c => c.BrowserHash == browserHash).OrderByDescending(c => c.CreatedAt).FirstOrDefaultAsync(ct) is { } row
            ? (Found(row, browser), row.CreatedAt)
            : null;
    }

    /// <summary>
    /// Uses it up, with all others of the same owner and purpose: older ones must not outlive it. One statement, so of many
    /// at once, on all nodes, one gets true.
    /// </summary>
    public async Task<bool> ConsumeAsync(FoundCode found, CancellationToken ct) =>
        await db.Set<OneTimeCode>().Where(c => c.Purpose == found.Purpose && c.Owner == found.Owner && db.Set<OneTimeCode>().Any(t => t.Id == found.Id)).ExecuteDeleteAsync(ct) > 0;

    /// <summary>Ends all that were mailed: their reason is gone.</summary>
    public Task EndAsync(string purpose, string owner, CancellationToken ct) =>
        db.Set<OneTimeCode>().Where(c => c.Purpose == purpose && c.Owner == owner).ExecuteDeleteAsync(ct);

    /// <summary>The same for all owners that begin like that.</summary>
    public Task EndFromAsync(string purpose, string ownerPrefix, CancellationToken ct) =>
        db.Set<OneTimeCode>().Where(c => c.Purpose == purpose && c.Owner.StartsWith(ownerPrefix)).ExecuteDeleteAsync(ct);

    /// <summary>Ends all of a purpose, whoever owns them.</summary>
    public Task EndAllAsync(string purpose, CancellationToken ct) => db.Set<OneTimeCode>().Where(c => c.Purpose == purpose).ExecuteDeleteAsync(ct);

    /// <summary>Ends those of the same purpose that were made after this one, for all owners that begin like that.</summary>
    public Task EndLaterAsync(FoundCode found, string ownerPrefix, CancellationToken ct) =>
        db.Set<OneTimeCode>()
            .Where(c => c.Purpose == found.Purpose && c.Owner.StartsWith(ownerPrefix) && db.Set<OneTimeCode>().Any(t => t.Id == found.Id && t.CreatedAt < c.CreatedAt))
            .ExecuteDeleteAsync(ct);

    /// <summary>Not over, and one of the last two: a person who asked twice may use the mail that came first.</summary>
    private IQueryable<OneTimeCode> Good(Store store, string purpose)
    {
        var now = clock.GetUtcNow();
        var all = store.Set<OneTimeCode>();
        return all.AsNoTracking().Where(c => c.Purpose == purpose && c.ExpiresAt > now
            && all.Count(n => n.Purpose == c.Purpose && n.Owner == c.Owner && n.CreatedAt > c.CreatedAt) < 2);
    }

    /// <summary>
    /// The attempt is counted before the digits are compared, on a connection of its own: neither parallel tries nor a roll-back
    /// give more of them. Call it before a transaction is open.
    /// </summary>
    private async Task<FoundCode?> TryAsync(IQueryable<OneTimeCode> candidates, string? browser, string? typed, CancellationToken ct)
    {
        if (CodeHash.Read(typed) is not { } code)
            return null;
        var rows = await candidates.OrderByDescending(c => c.CreatedAt).Take(2).ToListAsync(ct);
        await using var scope = scopes.CreateAsyncScope();
        var counting = scope.ServiceProvider.GetRequiredService<Store>().Set<OneTimeCode>();
        OneTimeCode? right = null;
        foreach (var row in rows)
        {
            var counted = await counting.Where(c => c.Id == row.Id && c.Attempts < OneTimeCode.MaxAttempts)
                .ExecuteUpdateAsync(set => set.SetProperty(c => c.Attempts, c => c.Attempts + 1), ct) == 1;
            if (counted && hash.Matches(row, code))
                right = row;
        }

        if (right is null && rows.Count > 0)
            events.Raise(new CodeRefused(rows[0].Purpose));
        return right is null ? null : Found(right, browser);
    }

    private FoundCode Found(OneTimeCode row, string? browser) => new(
        row.Id, row.Purpose, row.Owner,
        row.ProtectedData is null ? null : Encoding.UTF8.GetString(master.Unprotect(row.ProtectedData, SealFor(row.Purpose))),
        browser is not null && Handle.Matches(browser, row.BrowserHash));

    private static string SealFor(string purpose) => $"one-time-code:{purpose}";
}

internal sealed record CodeRefused(string Purpose) : IEvent
{
    public string Name => "one_time_codes.refused";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("reason", Purpose)];
    public EventResult Result => EventResult.Refused;
}
