using System.Globalization;
using IdentityProvider.Benchmarks;

// The peer to compare with: what the framework itself costs for one request.
if (args is ["empty", var address])
{
    var builder = WebApplication.CreateSlimBuilder();
    builder.Logging.ClearProviders();
    builder.WebHost.UseUrls(address);
    var app = builder.Build();
    app.MapGet("/", () => "hello");
    await app.RunAsync();
    return 0;
}

if (args is ["timing"])
{
    using var watched = await Server.StartAsync(Timing.Document);
    using var timing = new Timing(watched);
    return await timing.RunAsync() ? 0 : 1;
}

if (args is ["growth", .. var where])
{
    await Growth.RunAsync(where.FirstOrDefault());
    return 0;
}

if (args is ["people", .. var place])
{
    await People.RunAsync(place.FirstOrDefault());
    return 0;
}

if (args is ["console", .. var store])
{
    await ConsolePages.RunAsync(store.FirstOrDefault());
    return 0;
}

var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
using var empty = await Server.StartEmptyAsync();
using var server = await Server.StartAsync(Workloads.Document);
using var work = new Workloads(server);
var workloads = await work.PrepareAsync(empty);
Console.WriteLine($"Server alone on one core, generator on another; {rounds} interleaved rounds, medians. {Environment.ProcessorCount} processors, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}.");

// Tiered compilation needs thousands of requests before the code is final.
foreach (var workload in workloads)
    await workload.RunAsync(workload.Operations);
for (var round = 0; round < rounds; round++)
    foreach (var workload in workloads)
        await workload.MeasureAsync();

var baseline = workloads[0].Median;
Console.WriteLine();
Console.WriteLine("| Workload | CPU ms per operation | times an empty endpoint | operations a second |");
Console.WriteLine("|---|---|---|---|");
foreach (var workload in workloads)
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {workload.Name} | {workload.Median:F3} | {workload.Median / baseline:F1} | {workload.MedianRate:F0} |"));
Console.WriteLine();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Start to first answer {server.StartSeconds:F1} s; working set {server.WorkingSetMegabytes:F0} MB after the run."));
return 0;
