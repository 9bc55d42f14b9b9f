using System.Diagnostics;
using System.Globalization;

namespace IdentityProvider.Benchmarks;

/// <summary>
/// Whether requests get slower as grants pile up. Two servers stand side by side, one whose store stays empty; each request goes to
/// both, in turn first to one and first to the other, so that whatever else the machine does falls on both alike.
/// </summary>
internal static class Growth
{
    private const int Samples = 500, Warm = 1500;
    private static readonly int[] Sizes = [0, 1_000, 100_000, 1_000_000];
    private static readonly string[] Names = ["Client credentials", "Refresh", "Authorize with a session, code, UserInfo"];

    /// <param name="postgres">A connection string that may make databases; null: SQLite.</param>
    public static async Task RunAsync(string? postgres)
    {
        await using var stores = new Stores(postgres);
        using var empty = await Server.StartAsync(Workloads.Document, stores.Empty);
        using var full = await Server.StartAsync(Workloads.Document, stores.Full);
        using var ofEmpty = new Workloads(empty);
        using var ofFull = new Workloads(full);
        var pairs = (await ofEmpty.PrepareAsync(empty)).Zip(await ofFull.PrepareAsync(full)).Where(pair => Names.Contains(pair.First.Name)).ToList();
        foreach (var (first, second) in pairs)
        {
            await first.RunAsync(Warm);
            await second.RunAsync(Warm);
        }

        Console.WriteLine($"{(postgres is null ? "SQLite" : "PostgreSQL")}, {Samples} requests of each kind to each of two servers at a time; 95th percentile in ms, and how many times that of the empty store it is (the same of the median).");
        Console.WriteLine();
        Console.WriteLine($"| Grants | {string.Join(" | ", pairs.Select(pair => pair.First.Name))} |");
        Console.WriteLine($"|--:|{string.Concat(pairs.Select(_ => "---|"))}");
        var stored = 0;
        foreach (var size in Sizes)
        {
            if (size > stored)
            {
                var watch = Stopwatch.StartNew();
                await using var filling = new Filling(full, stored, size);
                await filling.RunAsync();
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{size:N0} grants stored after {watch.Elapsed.TotalSeconds:F0} s"));
            }

            stored = size;
            var cells = new List<string>();
            foreach (var (first, second) in pairs)
            {
                await first.RunAsync(100);
                await second.RunAsync(100);
                cells.Add(await CompareAsync(first, second));
            }

            Console.WriteLine($"| {size.ToString("N0", CultureInfo.InvariantCulture)} | {string.Join(" | ", cells)} |");
        }
    }

    private static async Task<string> CompareAsync(Workload empty, Workload full)
    {
        var (ofEmpty, ofFull) = (new List<double>(), new List<double>());
        for (var i = 0; i < Samples; i++)
        {
            if (i % 2 == 0)
                ofEmpty.Add(await empty.WaitAsync());
            ofFull.Add(await full.WaitAsync());
            if (i % 2 == 1)
                ofEmpty.Add(await empty.WaitAsync());
        }

        var (late, lateEmpty) = (At(ofFull, 0.95), At(ofEmpty, 0.95));
        return string.Create(CultureInfo.InvariantCulture, $"{late:F1}, {late / lateEmpty:F2} ({At(ofFull, 0.5) / At(ofEmpty, 0.5):F2})");
    }

    private static double At(List<double> times, double share) => times.Order().ElementAt((int)(times.Count * share));
}
