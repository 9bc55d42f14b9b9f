using System.Text.Json;
using IdentityProvider.Platform.Redis;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using StackExchange.Redis;

namespace IdentityProvider.Sessions.Live;

/// <summary>
/// Under the hash of the handle lies the session, and under its id that hash; both go when the session is over. Who has ended leaves a
/// mark for an hour: a sign-in that was slower than the end of its session must not bring it back. The person is read from the database,
/// so that whoever is disabled or gone is out at once.
/// </summary>
internal sealed class RedisSessions(RedisServer redis, Store db) : ILiveSessions
{
    private const int Tries = 5;
    private static readonly TimeSpan Mark = TimeSpan.FromHours(1);

    // KEYS: id, handle, mark. ARGV: what comes before a hash in a key, hash, session, milliseconds.
    private const string Keep = """
        if redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
        local old = redis.call('GET', KEYS[1])
        if old then redis.call('DEL', ARGV[1] .. old) end
        redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4])
        redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
        return 1
        """;

    // KEYS: id, handle. ARGV: the session as it was read, as it is to be, milliseconds.
    private const string Change = """
        if redis.call('GET', KEYS[2]) ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
        redis.call('PEXPIRE', KEYS[1], ARGV[3])
        return 1
        """;

    // KEYS: id, mark. ARGV: what comes before a hash in a key, milliseconds.
    private const string Forget = """
        local old = redis.call('GET', KEYS[1])
        if old then redis.call('DEL', ARGV[1] .. old) end
        redis.call('DEL', KEYS[1])
        redis.call('SET', KEYS[2], '', 'PX', ARGV[2])
        return 1
        """;

    public async Task<Session?> FindAsync(string handleHash, DateTimeOffset now, CancellationToken ct)
    {
        var (session, _) = await ReadAsync(handleHash);
        if (session is null || session.IdleExpiresAt <= now || session.ExpiresAt <= now
            || await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == session.UserId && u.DisabledAt == null, ct) is not { } user)
            return null;
        session.User = user;
        return session;
    }

    public Task KeepAsync(Session session, DateTimeOffset now, CancellationToken ct) => EvaluateAsync(
        Keep, [IdKey(session.Id), HandleKey(session.HandleHash), MarkKey(session.Id)], [HandleKey(""), session.HandleHash, JsonSerializer.Serialize(session), Life(session, now)]);

    public async Task ChangeAsync(Session session, Action<Session> change, DateTimeOffset now, CancellationToken ct)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var (kept, text) = await ReadAsync(session.HandleHash);
            if (kept is null)
                return;
            change(kept);
            if ((long)await EvaluateAsync(Change, [IdKey(kept.Id), HandleKey(kept.HandleHash)], [text, JsonSerializer.Serialize(kept), Life(kept, now)]) == 1)
                return;
        }
    }

    public async Task ForgetAsync(IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        // Sent one after the other over one connection, without waiting for each answer.
        await Task.WhenAll(ids.Select(id => EvaluateAsync(Forget, [IdKey(id), MarkKey(id)], [HandleKey(""), (long)Mark.TotalMilliseconds])));
    }

    private async Task<(Session? Session, string? Text)> ReadAsync(string handleHash)
    {
        string? text = await redis.AskAsync("GET", database => database.StringGetAsync(HandleKey(handleHash)));
        return (text is null ? null : JsonSerializer.Deserialize<Session>(text), text);
    }

    private Task<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values) => redis.AskAsync("EVALSHA", database => database.ScriptEvaluateAsync(script, keys, values));

    /// <summary>Until its end; at least a moment, because Redis refuses less.</summary>
    private static long Life(Session session, DateTimeOffset now)
    {
        var end = session.IdleExpiresAt < session.ExpiresAt ? session.IdleExpiresAt : session.ExpiresAt;
        return Math.Max(1, (long)(end - now).TotalMilliseconds);
    }

    private string HandleKey(string hash) => redis.Key("session:" + hash);

    private RedisKey IdKey(Guid id) => redis.Key($"session-id:{id:N}");

    private RedisKey MarkKey(Guid id) => redis.Key($"session-ended:{id:N}");
}
