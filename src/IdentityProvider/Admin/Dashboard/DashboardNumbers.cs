using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions.Admin;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Dashboard;

/// <summary>One of a list of the most frequent.</summary>
/// <param name="Name">What people read.</param>
/// <param name="Filter">The part of the audit's question that finds its records; null: no one filter does.</param>
/// <param name="Count">How often.</param>
internal sealed record Ranked(string Name, string? Filter, long Count);

/// <summary>Reads what was counted: sums over at most a month of hours, and nothing that grows with the people or the records.</summary>
internal sealed class DashboardNumbers(IEnumerable<Ending> endings, Store db, TimeProvider clock)
{
    private const int Top = 5, MostEndings = 20;
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(30);

    public DateTimeOffset Now { get; } = clock.GetUtcNow();

    /// <summary>Null: nothing was counted yet.</summary>
    public Task<DashboardState?> StateAsync(CancellationToken ct) => db.Set<DashboardState>().AsNoTracking().FirstOrDefaultAsync(ct);

    public static IReadOnlyDictionary<string, long> FiguresOf(DashboardState? state) =>
        state is null ? new Dictionary<string, long>() : JsonSerializer.Deserialize<Dictionary<string, long>>(state.Figures)!;

    /// <summary>Sign-ins by period; the month holds the others.</summary>
    public async Task<IReadOnlyDictionary<Period, BarChart>> SignInsAsync(CancellationToken ct)
    {
        var oldest = Period.Month.From(Now);
        var counts = await db.Set<HourlyCount>().AsNoTracking().Where(c => c.Kind == HourlyCount.SignIn && c.Hour >= oldest).ToListAsync(ct);
        return Period.All.ToDictionary(period => period, period =>
        {
            var (done, refused) = (new long[period.Steps], new long[period.Steps]);
            foreach (var count in counts.Where(count => count.Hour >= period.From(Now)))
                if (period.IndexOf(count.Hour, Now) is var index && index < period.Steps)
                    (count.Key == EventCounts.Done ? done : refused)[index] += count.Count;
            return new BarChart([.. Enumerable.Range(0, period.Steps).Select(index => new Bar(period.LabelOf(index, Now), done[index], refused[index]))]);
        });
    }

    /// <summary>How often each event was recorded in a week.</summary>
    public async Task<IReadOnlyDictionary<string, long>> EventsAsync(IReadOnlyCollection<string> names, CancellationToken ct)
    {
        var since = Period.Week.From(Now);
        return await db.Set<HourlyCount>().Where(c => c.Kind == HourlyCount.Event && c.Hour >= since && names.Contains(c.Key)).GroupBy(c => c.Key)
            .Select(group => new { group.Key, Count = group.Sum(c => c.Count) }).ToDictionaryAsync(sum => sum.Key, sum => sum.Count, ct);
    }

    /// <summary>Most sign-ins of people to apps, in a week.</summary>
    public async Task<IReadOnlyList<Ranked>> ClientsAsync(CancellationToken ct)
    {
        var top = await TopAsync(HourlyCount.Client, ct);
        var ids = top.ConvertAll(sum => sum.Key);
        var names = await db.Set<Client>().Where(client => ids.Contains(client.ClientId!)).ToDictionaryAsync(client => client.ClientId!, client => client.DisplayName ?? client.ClientId!, ct);
        return [.. top.Select(sum => new Ranked(sum.Key == HourlyCount.Others ? "others" : VisibleText.Of(names.GetValueOrDefault(sum.Key, sum.Key)), sum.Key == HourlyCount.Others ? null : $"name={EventCounts.CodeIssued}&client_id={Uri.EscapeDataString(sum.Key)}", sum.Count))];
    }

    /// <summary>What was refused or failed most, in a week.</summary>
    public async Task<IReadOnlyList<Ranked>> ErrorsAsync(CancellationToken ct) =>
        [.. (await TopAsync(HourlyCount.Error, ct)).Select(sum => new Ranked(sum.Key == HourlyCount.Others ? "others" : VisibleText.Of(sum.Key), sum.Key == HourlyCount.Others ? null : $"name={Uri.EscapeDataString(sum.Key.Split(' ')[0])}", sum.Count))];

    /// <summary>How people signed in, in a week.</summary>
    public async Task<IReadOnlyList<Ranked>> MethodsAsync(CancellationToken ct) =>
        [.. (await TopAsync(HourlyCount.Method, ct)).Select(sum => new Ranked(WordsOf(sum.Key), null, sum.Count))];

    /// <summary>What ends within a month, as far as the reader may know of it, the nearest first.</summary>
    public async Task<IReadOnlyList<EndingThing>> EndingsAsync(ConsoleUser me, CancellationToken ct)
    {
        var found = new List<EndingThing>();
        foreach (var ending in endings.Where(ending => me.May(ending.Permission)))
            found.AddRange(await ending.FindAsync(db, Now, Now + Ahead, MostEndings, ct));
        return [.. found.OrderBy(thing => thing.At).Take(MostEndings)];
    }

    /// <summary>The methods of a session, as people say them; what is not among those of RFC 8176 stays as it is.</summary>
    private static string WordsOf(string methods)
    {
        var named = methods.Split('+', ' ').Where(method => method is not ("mfa" or "user" or "")).Select(method => method switch
        {
            "pwd" => "password",
            "otp" => "code of an app",
            "hwk" or "swk" => "passkey",
            "mca" => "mail",
            "fed" => "another provider",
            _ => VisibleText.Of(method),
        }).Distinct().ToList();
        var words = named is [] ? "a factor just set up" : string.Join(" and ", named);
        return methods.StartsWith(EventCounts.Second, StringComparison.Ordinal) ? $"{words}, as the second step" : words;
    }

    private async Task<List<Sum>> TopAsync(string kind, CancellationToken ct)
    {
        var since = Period.Week.From(Now);
        var sums = await db.Set<HourlyCount>().Where(c => c.Kind == kind && c.Hour >= since).GroupBy(c => c.Key).Select(group => new { group.Key, Count = group.Sum(c => c.Count) })
            .OrderByDescending(sum => sum.Count).ThenBy(sum => sum.Key).Take(Top).ToListAsync(ct);
        return sums.ConvertAll(sum => new Sum(sum.Key, sum.Count));
    }

    private sealed record Sum(string Key, long Count);
}
