using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Samples.Worker;

/// <summary>Reads the board again and again, with nobody signed in.</summary>
internal sealed class NightShift(
    NotesApi api,
    IOptions<WorkerOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<NightShift> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Period, time);
        do
        {
            var worked = await ReadBoardAsync(stoppingToken);
            if (!options.Value.Once)
                continue;
            Environment.ExitCode = worked ? 0 : 1;
            lifetime.StopApplication();
            return;
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<bool> ReadBoardAsync(CancellationToken ct)
    {
        try
        {
            var notes = await api.ReadAsync(ct);
            log.LogInformation("{Count} notes on the board; the latest: {Text}", notes.Count, notes.LastOrDefault()?.Text);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            log.LogError("The board could not be read: {Reason}", e.Message);
            return false;
        }
    }
}
