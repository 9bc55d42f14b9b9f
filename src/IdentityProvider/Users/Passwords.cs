using System.Diagnostics;
using System.Diagnostics.Metrics;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Metrics;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Users;

/// <summary>What a check of a password says.</summary>
internal enum PasswordOutcome
{
    Right,

    /// <summary>Right, but hashed with another algorithm or cost than now chosen: hash it anew.</summary>
    RightButOld,

    Wrong,

    /// <summary>Not checked: too many others are being hashed.</summary>
    Busy,
}

/// <summary>Too many passwords are being hashed: answer 503 with Retry-After.</summary>
internal sealed class PasswordsBusyException() : BusyException("Too many passwords are being hashed at once.");

/// <summary>
/// Hashes and checks passwords, a bounded number at a time and off the request's thread: a flood of sign-ins makes
/// sign-ins wait, not the token endpoint. Passwords are compared in Unicode form KC, as NIST 800-63B advises; only hashes
/// that other systems made (ASP.NET Identity, plain bcrypt, PBKDF2) see the password as typed.
/// </summary>
internal sealed class Passwords(IOptions<UsersOptions> options, IMeterFactory meters) : IDisposable
{
    public const string Instrument = "identityprovider.password.hashes";
    private const int MaxLength = 256;
    private readonly UsersOptions settings = options.Value;
    private readonly SemaphoreSlim turns = new(options.Value.HashConcurrency > 0 ? options.Value.HashConcurrency : Math.Max(1, Environment.ProcessorCount - 1));

    public static readonly Metric Hashes = new(MetricKind.Counter, Instrument, "{hash}", "Passwords hashed, to store or to check them.");
    public static readonly Metric Queue = new(MetricKind.UpDownCounter, "identityprovider.password.queue", "{password}", "Passwords that wait for their turn to be hashed.");
    public static readonly Metric Wait = new(MetricKind.Histogram, "identityprovider.password.wait.duration", "s", "How long a password waited for its turn.", new MetricAttribute("error.type", "`busy` where the turn did not come"));
    public static readonly Metric Work = new(MetricKind.Histogram, "identityprovider.password.hash.duration", "s", "How long hashing one password took.");

    private readonly Counter<long> hashes = meters.Counter(Hashes);
    private readonly UpDownCounter<long> queue = meters.UpDownCounter(Queue);
    private readonly Histogram<double> wait = meters.Histogram(Wait), duration = meters.Histogram(Work);

    /// <summary>What an unknown name is checked against: the work of a real hash, so that time tells nobody whether a name exists.</summary>
    public string NobodysHash { get; } = Dummy(options.Value);

    /// <exception cref="PasswordsBusyException">No turn within the time set.</exception>
    public async Task<string> HashAsync(string password, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfZero(password.Length, nameof(password));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(password.Length, MaxLength, nameof(password));
        return await InTurnAsync(() => Hash(password), ct) ?? throw new PasswordsBusyException();
    }

    /// <param name="hash">The stored hash; null, where there is no user or the user has no password, costs the same.</param>
    /// <param name="password">As typed.</param>
    /// <param name="ct">Gives the turn in the queue up.</param>
    public async Task<PasswordOutcome> VerifyAsync(string? hash, string password, CancellationToken ct)
    {
        // Longer than any password can be, whoever is asked for: no work for a flood.
        if (password.Length is 0 or > MaxLength)
            return PasswordOutcome.Wrong;
        var known = hash is not null && IsKnownHash(hash) ? hash : null;
        return await InTurnAsync<PasswordOutcome?>(() => Verify(known ?? NobodysHash, password) && known is not null
            ? IsCurrent(known) ? PasswordOutcome.Right : PasswordOutcome.RightButOld
            : PasswordOutcome.Wrong, ct) ?? PasswordOutcome.Busy;
    }

    /// <summary>Whether <see cref="VerifyAsync"/> can check against it: format and cost are ones this server computes.</summary>
    public static bool IsKnownHash(string hash) => hash.Length <= 256
        && (Argon2idHash.Parse(hash) is not null || BcryptHash.Parse(hash) is not null || Pbkdf2Hash.Parse(hash) is not null || IdentityHash.IsKnown(hash));

    public void Dispose() => turns.Dispose();

    private async Task<T?> InTurnAsync<T>(Func<T> work, CancellationToken ct)
    {
        if (!await WaitAsync(ct))
            return default;
        hashes.Add(1);
        var started = Stopwatch.GetTimestamp();
        using var span = ServerActivity.Source.StartActivity("password.hash");
        try
        {
            return await Task.Run(work, CancellationToken.None);
        }
        finally
        {
            turns.Release();
            duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    /// <summary>False when the turn does not come in time.</summary>
    private async Task<bool> WaitAsync(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        queue.Add(1);
        try
        {
            var isOurs = await turns.WaitAsync(TimeSpan.FromSeconds(settings.HashQueueSeconds), ct);
            wait.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, isOurs ? [] : [new("error.type", "busy")]);
            return isOurs;
        }
        finally
        {
            queue.Add(-1);
        }
    }

    private string Hash(string password)
    {
        var text = TypedText.Normalize(password);
        return settings.PasswordAlgorithm is PasswordAlgorithm.Bcrypt
            ? BcryptHash.Create(text, settings.BcryptCost).ToString()
            : Argon2idHash.Create(text, settings.Argon2MemoryKiB, settings.Argon2Passes).ToString();
    }

    private static bool Verify(string hash, string password)
    {
        if (Argon2idHash.Parse(hash) is { } argon2id)
            return argon2id.Matches(TypedText.Normalize(password));
        if (BcryptHash.Parse(hash) is { } bcrypt)
            return bcrypt.Matches(bcrypt.Plain ? TypedText.WellFormed(password) : TypedText.Normalize(password));
        if (Pbkdf2Hash.Parse(hash) is { } pbkdf2)
            return pbkdf2.Matches(TypedText.WellFormed(password));
        return IdentityHash.Matches(hash, TypedText.WellFormed(password));
    }

    private bool IsCurrent(string hash) => settings.PasswordAlgorithm is PasswordAlgorithm.Bcrypt
        ? BcryptHash.Parse(hash) is { Plain: false } bcrypt && bcrypt.Cost == settings.BcryptCost
        : Argon2idHash.Parse(hash) is { } argon2id
            && argon2id.MemoryKiB == settings.Argon2MemoryKiB && argon2id.Passes == settings.Argon2Passes;

    private static string Dummy(UsersOptions settings) => settings.PasswordAlgorithm is PasswordAlgorithm.Bcrypt
        ? BcryptHash.Dummy(settings.BcryptCost).ToString()
        : Argon2idHash.Dummy(settings.Argon2MemoryKiB, settings.Argon2Passes).ToString();
}
