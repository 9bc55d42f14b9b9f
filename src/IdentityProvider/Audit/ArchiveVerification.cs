using System.Text.Json;
using IdentityProvider.Platform.Events;

namespace IdentityProvider.Audit;

/// <summary>Proves archives: each by itself, and that one begins where the other ends.</summary>
internal sealed class ArchiveVerification(CheckpointSeal seal)
{
    /// <param name="files">In any order.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>Where the last one ends, or what is wrong.</returns>
    public async Task<(ChainEnd End, ChainBreak? Break)> RunAsync(IReadOnlyList<string> files, CancellationToken ct)
    {
        var archives = new List<(string File, ArchiveHeader Header)>();
        foreach (var file in files)
        {
            using var reader = new StreamReader(file);
            if (await reader.ReadLineAsync(ct) is not { } line || Read<ArchiveHeader>(line) is not { Archive: 1 } header)
                return (ChainEnd.None, new ChainBreak(0, $"{file} is no archive of an audit."));
            archives.Add((file, header));
        }

        ChainEnd? end = null;
        foreach (var (file, header) in archives.OrderBy(archive => archive.Header.From))
        {
            var start = new ChainEnd(header.From - 1, header.Before);
            if (end is null ? header.From == 1 && header.Before != ChainHash.Start : end != start)
                return (start, new ChainBreak(header.From, $"{file} begins with record {header.From} and does not follow from the archive before it{(end is null ? "" : $", which ends with {end.Sequence}")}."));
            var (last, found) = await WalkAsync(file, header, start, ct);
            if (found is not null)
                return (last, found with { Words = $"{file}: {found.Words}" });
            end = last;
        }

        return (end ?? ChainEnd.None, null);
    }

    private async Task<(ChainEnd End, ChainBreak? Break)> WalkAsync(string file, ArchiveHeader header, ChainEnd start, CancellationToken ct)
    {
        var walk = new ChainWalk(start);
        using var reader = new StreamReader(file);
        await reader.ReadLineAsync(ct);
        while (walk.Last.Sequence < header.To)
        {
            var next = walk.Last.Sequence + 1;
            if (await reader.ReadLineAsync(ct) is not { } line || Read<AuditRecord>(line) is not { } record)
                return (walk.Last, new ChainBreak(next, $"Record {next} is missing or cannot be read."));
            if (walk.Step(record) is { } broken)
                return (walk.Last, broken);
        }

        var anchor = await reader.ReadLineAsync(ct) is { } end ? Read<ArchiveAnchor>(end) : null;
        return anchor?.Checkpoint is { Archived: true } checkpoint && checkpoint.Sequence == walk.Last.Sequence && checkpoint.Hash == walk.Last.Hash && seal.IsGenuine(checkpoint)
            ? (walk.Last, null)
            : (walk.Last, new ChainBreak(header.To, $"The signature at the end is not one of this server for these records."));
    }

    private static T? Read<T>(string line)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, AuditArchive.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
