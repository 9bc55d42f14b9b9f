using System.Net;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Suspicions;

/// <summary>
/// Finds many names that fail, and many that lock, in what the audit has of the window. A name that is nobody's counts too: the audit has a keyed hash of it.
/// </summary>
internal sealed class SpraySearch(Store db, SuspicionLog log, IOptions<SuspicionsOptions> options, TimeProvider clock)
{
    public const string Refused = "sign_in.refused";
    private const string Locked = "sign_in.name_locked", GotIn = "sessions.session_started", Server = "server";

    /// <summary>Pairs of address and name in one look, and networks told in one: a flood must not eat the memory, nor the administrators' patience.</summary>
    private const int MostPairs = 50_000, MostNetworks = 20;

    /// <summary>Who sprays tries few passwords with each name; so much more than usual is no Monday morning.</summary>
    private const int TriesEach = 3, TimesUsual = 5;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private sealed record Pair(string Network, string Name, int Tries);

    private SuspicionsOptions Settings => options.Value;
    private int Minutes => (int)Settings.Window.TotalMinutes;

    public async Task RunAsync(CancellationToken ct)
    {
        var since = clock.GetUtcNow() - Settings.Window;
        if (await FirstSinceAsync(since, ct) is not { } first)
            return;
        var failed = await PairsAsync(Refused, first, ct);
        var sprayed = await OneNetworkAsync(failed, first, ct);
        await ManyNetworksAsync(failed.FindAll(pair => !sprayed.Contains(pair.Network)), first, since, ct);
        var locked = Settings.Lockouts == 0 ? 0 : await Since(Locked, first).Where(r => r.TargetId != null).Select(r => r.TargetId).Distinct().CountAsync(ct);
        if (locked > 0 && locked >= Settings.Lockouts)
            await log.TellAsync(new ManyLockouts(locked, Minutes), Server, null, ct);
    }

    /// <returns>The networks that many names fail from, whether or not it was told before.</returns>
    private async Task<HashSet<string>> OneNetworkAsync(List<Pair> failed, long first, CancellationToken ct)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (Settings.NamesFromOneNetwork == 0)
            return found;
        var many = failed.GroupBy(pair => pair.Network, StringComparer.Ordinal).Where(network => Names(network) >= Settings.NamesFromOneNetwork).ToList();
        if (many.Count == 0)
            return found;
        var gotIn = (await PairsAsync(GotIn, first, ct)).ToLookup(pair => pair.Network, pair => pair.Name, StringComparer.Ordinal);
        foreach (var network in many.OrderByDescending(Names))
        {
            // In an office most people get in, sooner or later.
            var people = gotIn[network.Key].ToHashSet(StringComparer.Ordinal);
            var names = network.Where(pair => !people.Contains(pair.Name)).ToList();
            if (Names(names) < Settings.NamesFromOneNetwork || Names(names) <= people.Count)
                continue;
            if (found.Add(network.Key) && found.Count <= MostNetworks)
                await log.TellAsync(new PasswordSpraying("one_network", network.Key, null, Names(names), names.Sum(pair => pair.Tries), people.Count, Minutes), network.Key, null, ct);
        }

        return found;
    }

    private async Task ManyNetworksAsync(List<Pair> failed, long first, DateTimeOffset since, CancellationToken ct)
    {
        var (names, tries) = (Names(failed), failed.Sum(pair => pair.Tries));
        if (Settings.NamesFromManyNetworks == 0 || names < Settings.NamesFromManyNetworks || tries > TriesEach * names || names < TimesUsual * await UsualAsync(first, since, ct))
            return;
        var networks = failed.Select(pair => pair.Network).Distinct(StringComparer.Ordinal).Count();
        await log.TellAsync(new PasswordSpraying("many_networks", null, networks, names, tries, null, Minutes), Server, null, ct);
    }

    /// <summary>Failures in a window, on the average of the day before it.</summary>
    private async Task<double> UsualAsync(long first, DateTimeOffset since, CancellationToken ct) =>
        await FirstSinceAsync(since - Day, ct) is { } from && from < first ? await Since(Refused, from).CountAsync(r => r.Sequence < first, ct) * (Settings.Window / Day) : 0;

    private async Task<List<Pair>> PairsAsync(string name, long first, CancellationToken ct)
    {
        var rows = await Since(name, first).Where(r => r.TargetId != null).GroupBy(r => new { r.Address, r.TargetId })
            .Select(g => new { g.Key.Address, g.Key.TargetId, Tries = g.Count() }).Take(MostPairs).ToListAsync(ct);
        return rows.ConvertAll(row => new Pair(IPAddress.TryParse(row.Address, out var address) ? ClientAddress.Of(address) : row.Address ?? "", row.TargetId!, row.Tries));
    }

    /// <summary>Where the window begins in the chain: from there on the index over name and number leads.</summary>
    private async Task<long?> FirstSinceAsync(DateTimeOffset since, CancellationToken ct) =>
        await db.Set<AuditRecord>().Where(r => r.At >= since && r.Sequence > 0).OrderBy(r => r.At).ThenBy(r => r.Sequence).Select(r => (long?)r.Sequence).FirstOrDefaultAsync(ct);

    private IQueryable<AuditRecord> Since(string name, long first) => db.Set<AuditRecord>().AsNoTracking().Where(r => r.Name == name && r.Sequence >= first);

    private static int Names(IEnumerable<Pair> pairs) => pairs.Select(pair => pair.Name).Distinct(StringComparer.Ordinal).Count();
}
