using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Passkeys;

/// <summary>
/// Keeps what authenticators were asked, in the database: one answer each, on whatever node, for five minutes, from the browser
/// that was asked and for the purpose it was asked for. A challenge kept in a cookie instead can be answered twice.
/// </summary>
internal sealed class Challenges(Store db, BrowserCookie browsers, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>The handle under which the answer comes back.</summary>
    public async Task<string> KeepAsync(HttpContext http, Purpose purpose, Guid? userId, string state, CancellationToken ct)
    {
        var handle = Handle.Create();
        db.Add(new PasskeyChallenge
        {
            HandleHash = Handle.Hash(handle),
            BrowserHash = Handle.Hash(browsers.Ensure(http)),
            Purpose = purpose.ToString(),
            UserId = userId,
            State = state,
            ExpiresAt = clock.GetUtcNow() + Lifetime,
        });
        await db.SaveChangesAsync(ct);
        return handle;
    }

    /// <summary>What was asked under this handle, once. Null: used, expired, of another browser, purpose or person, or never ours.</summary>
    public async Task<string?> TakeAsync(HttpContext http, Purpose purpose, Guid? userId, string? handle, CancellationToken ct)
    {
        if (handle is not { Length: 43 } || browsers.Read(http) is not { } browser)
            return null;
        var (hash, browserHash, name, now) = (Handle.Hash(handle), Handle.Hash(browser), purpose.ToString(), clock.GetUtcNow());
        var asked = db.Set<PasskeyChallenge>().Where(c => c.HandleHash == hash && c.BrowserHash == browserHash && c.Purpose == name && c.UserId == userId && c.ExpiresAt > now);
        var state = await asked.Select(c => c.State).FirstOrDefaultAsync(ct);

        // Of answers that come at once, one deletes the row.
        return state is not null && await asked.ExecuteDeleteAsync(ct) == 1 ? state : null;
    }
}
