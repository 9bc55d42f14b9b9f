using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>An account that somebody signed in to with this browser.</summary>
/// <param name="Key">What names it in a form; nothing of the account can be read off it.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Way">How they signed in (<see cref="LastWay"/>).</param>
internal sealed record BrowserAccount(string Key, User User, string? Way)
{
    /// <summary>What the person types to sign in; null where they have neither a user name nor an address.</summary>
    public string? SignInName => User.UserName ?? User.Email;
}

/// <summary>
/// The accounts that completed a sign-in in this browser, for people to choose from. Knowing one opens nothing: whoever picks it signs in.
/// The cookies hold ids only, encrypted, so that a stolen one says nothing; names are looked up when they are shown. One cookie ends with the
/// browser, the other belongs to those who ticked "Stay signed in": the list never lasts longer than the sign-in it remembers would have.
/// </summary>
internal sealed class BrowserAccounts(Store db, MasterKey master, LastWay ways, IOptions<IdentityProviderOptions> server, TimeProvider clock)
{
    public const int Most = 5;
    private const string Purpose = "browser-accounts";
    private const int MaxLength = 3000;

    private readonly HostCookie untilClosed = new("accounts", server.Value), kept = new("accounts-kept", server.Value);
    private List<Entry>? entries;
    private bool isChanged;

    /// <summary>Those that can be shown, the newest first: of people who are still let in, and whose password is the one of then.</summary>
    public async Task<IReadOnlyList<BrowserAccount>> ListAsync(HttpContext http, CancellationToken ct)
    {
        var known = Entries(http);
        if (known.Count == 0)
            return [];
        var (users, sessions, now) = (known.ConvertAll(e => e.User), known.ConvertAll(e => e.Session), clock.GetUtcNow());
        var found = await db.Set<User>().AsNoTracking().Where(u => users.Contains(u.Id) && u.DisabledAt == null).ToDictionaryAsync(u => u.Id, ct);

        // Ended from elsewhere, by an administrator, or by time: the name is gone from here, too. Who went on to another account meant to come back.
        var live = await db.Set<Session>().Where(s => sessions.Contains(s.Id) && s.CompletedAt != null && s.IdleExpiresAt > now).Select(s => s.Id).ToListAsync(ct);
        return [.. known.Where(e => found.TryGetValue(e.User, out var user) && e.Stamp == StampOf(user) && (e.Left || live.Contains(e.Session))).Select(e => new BrowserAccount(KeyOf(e.User), found[e.User], e.Way))];
    }

    /// <summary>A sign-in is complete. Of too many the oldest gives way.</summary>
    public void Remember(HttpContext http, User user, Session session)
    {
        Put(http, user, session, left: false);
        ways.Write(http, session);
    }

    /// <summary>The person goes on to another account, or signed out and had ticked "Stay signed in": offered again without a session.</summary>
    public void Leave(HttpContext http, Session session)
    {
        if (session.CompletedAt is not null)
            Put(http, session.User, session, left: true);
    }

    public void Forget(HttpContext http, Guid userId)
    {
        if (Entries(http).RemoveAll(e => e.User == userId) > 0)
            Change(http);
    }

    /// <summary>The same by what a form sent; anything else than a key of this browser is nobody's.</summary>
    public void Forget(HttpContext http, string? key)
    {
        if (Entries(http).RemoveAll(e => KeyOf(e.User) == key) > 0)
            Change(http);
    }

    private void Put(HttpContext http, User user, Session session, bool left)
    {
        var known = Entries(http);
        known.RemoveAll(e => e.User == user.Id);
        known.Insert(0, new Entry(user.Id, StampOf(user), session.Id, clock.GetUtcNow().ToUnixTimeMilliseconds(), session.ExpiresAt.ToUnixTimeMilliseconds(), LastWay.Of(session), session.Persistent, left));
        if (known.Count > Most)
            known.RemoveRange(Most, known.Count - Most);
        Change(http);
    }

    /// <summary>Written once, however often a request changes it: leaving one account and entering another is one answer.</summary>
    private void Change(HttpContext http)
    {
        if (!isChanged)
            http.Response.OnStarting(() =>
            {
                Write(http, untilClosed, false);
                Write(http, kept, true);
                return Task.CompletedTask;
            });
        isChanged = true;
    }

    private void Write(HttpContext http, HostCookie cookie, bool persistent)
    {
        var own = entries!.Where(e => e.Persistent == persistent).ToList();
        if (own.Count > 0)
            cookie.Write(http, master.Protect(JsonSerializer.SerializeToUtf8Bytes(own), Purpose), persistent ? DateTimeOffset.FromUnixTimeMilliseconds(own.Max(e => e.Until)) - clock.GetUtcNow() : null);
        else if (cookie.Read(http) is not null)
            cookie.Delete(http);
    }

    private List<Entry> Entries(HttpContext http)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        return entries ??= [.. Read(http, untilClosed).Concat(Read(http, kept)).Where(e => e.Until > now).OrderByDescending(e => e.At).DistinctBy(e => e.User).Take(Most)];
    }

    /// <summary>Whatever is no cookie of ours is as good as none.</summary>
    private List<Entry> Read(HttpContext http, HostCookie cookie)
    {
        if (cookie.Read(http) is not { Length: > 0 and <= MaxLength } text)
            return [];
        try
        {
            return JsonSerializer.Deserialize<List<Entry>>(master.Unprotect(text, Purpose)) ?? [];
        }
        catch (Exception broken) when (broken is FormatException or CryptographicException or JsonException)
        {
            return [];
        }
    }

    private string KeyOf(Guid userId) => Convert.ToHexStringLower(HMACSHA256.HashData(master.Derive("browser-account-key"), userId.ToByteArray())[..16]);

    private static string StampOf(User user) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user.SecurityStamp ?? ""))[..8]);

    /// <param name="User">Whose account.</param>
    /// <param name="Stamp">Of the password and factors at that time.</param>
    /// <param name="Session">In which session.</param>
    /// <param name="At">When they came in or left, in milliseconds since 1970.</param>
    /// <param name="Until">When that session would have ended whatever happens, in the same.</param>
    /// <param name="Way">How they came in.</param>
    /// <param name="Persistent">They had ticked "Stay signed in".</param>
    /// <param name="Left">The session is over because the person left it here.</param>
    private sealed record Entry(Guid User, string Stamp, Guid Session, long At, long Until, string? Way, bool Persistent, bool Left);
}
