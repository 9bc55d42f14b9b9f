using System.Diagnostics;

namespace IdentityProvider.Benchmarks;

/// <summary>One kind of work, measured by the processor time of the server's process.</summary>
internal sealed class Workload(string name, Server server, int operations, Func<int, Task> operation)
{
    private const int Connections = 4;
    private readonly List<(double Cpu, double Rate)> samples = [];

    public string Name => name;
    public int Operations => operations;
    public double Median => samples.Select(s => s.Cpu).Order().ElementAt(samples.Count / 2);
    public double MedianRate => samples.Select(s => s.Rate).Order().ElementAt(samples.Count / 2);

    public async Task RunAsync(int count)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async connection =>
        {
            while (Interlocked.Increment(ref next) < count)
                await operation(connection);
        }));
    }

    /// <summary>What one client waits, in milliseconds.</summary>
    public async Task<double> WaitAsync()
    {
        var watch = Stopwatch.StartNew();
        await operation(0);
        return watch.Elapsed.TotalMilliseconds;
    }

    public async Task MeasureAsync()
    {
        var (cpu, watch) = (server.CpuMilliseconds, Stopwatch.StartNew());
        await RunAsync(operations);
        samples.Add(((server.CpuMilliseconds - cpu) / operations, operations / watch.Elapsed.TotalSeconds));
    }
}
