using System.CommandLine;
using System.Globalization;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Audit;

/// <summary><c>audit verify</c>, <c>audit archive</c>, <c>audit export</c>: beside a running server or without one.</summary>
internal static class AuditCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var audit = new Command("audit", "Proves, archives and exports the audit.") { Verify(build), Archive(build), Export(build) };
        audit.TreatUnmatchedTokensAsErrors = false;
        audit.SetAction(async (parsed, ct) =>
        {
            if (!await SettingArguments.AreWrongAsync(parsed, audit.Subcommands.Select(command => command.Name)))
                await parsed.InvocationConfiguration.Error.WriteLineAsync("Say verify, archive or export. See audit --help.");
            return ExitCode.Misused;
        });
        return audit;
    }

    private static Command Verify(Func<string[], WebApplication> build)
    {
        var archives = new Option<string[]>("--archive") { Description = "An archive to prove too; once for each.", DefaultValueFactory = _ => [] };
        var expect = new Option<string?>("--expect") { Description = "NUMBER:HASH of a checkpoint, as the log or the last verify told it: the chain must contain it." };
        var command = new Command("verify", "Proves that no record was changed, removed or moved. Exit code 1, and the first that is wrong, when one was.") { archives, expect };
        Define(command, build, ["--archive", "--expect"], async (parsed, services, output, ct) =>
        {
            if (parsed.GetValue(expect) is { } text && ReadEnd(text) is null)
                return await WrongAsync(parsed, "--expect is NUMBER:HASH, like 1000:9f86d0…");
            var expected = parsed.GetValue(expect) is { } said ? ReadEnd(said) : null;
            var files = parsed.GetValue(archives)!;
            var verification = services.GetRequiredService<AuditVerification>();
            if (files.Length > 0)
            {
                var (end, broken) = await services.GetRequiredService<ArchiveVerification>().RunAsync(files, ct);
                if (broken is null && await verification.StartAsync(ct) is var start && start != end)
                    broken = new ChainBreak(Math.Min(start.Sequence, end.Sequence) + 1, $"The archives end with record {end.Sequence}, and the database goes on behind record {start.Sequence}{(start.Sequence == end.Sequence ? " of another chain" : ": an archive is missing")}.");
                if (broken is not null)
                    return await BrokenAsync(output, broken);
                await output.WriteLineAsync($"{files.Length} archive(s) are right up to record {end.Sequence}.");
            }

            var verdict = await verification.RunAsync(expected, ct);
            if (verdict.Break is { } found)
                return await BrokenAsync(output, found);
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Records {verdict.From} to {verdict.To} are as they were written. {verdict.Waiting} wait for their place. End: {verdict.To}:{verdict.Hash}"));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Archive(Func<string[], WebApplication> build)
    {
        var file = new Argument<string>("file") { Description = "Where to; must not exist yet. Settings follow as --Key=value." };
        var days = new Option<int>("--older-than") { Description = "Days (1 to 36500).", Required = true };
        var command = new Command("archive", "Moves old records into a file that proves itself. The chain in the database goes on behind it.") { file, days };
        Define(command, build, ["--older-than"], async (parsed, services, output, ct) =>
        {
            if (parsed.GetValue(days) is var age && age is < 1 or > 36_500)
                return await WrongAsync(parsed, "--older-than is 1 to 36500 days.");
            if (File.Exists(parsed.GetRequiredValue(file)))
                return await WrongAsync(parsed, $"{parsed.GetRequiredValue(file)} exists. Name another file.");
            try
            {
                var before = services.GetRequiredService<TimeProvider>().GetUtcNow() - TimeSpan.FromDays(age);
                var header = await services.GetRequiredService<AuditArchive>().RunAsync(parsed.GetRequiredValue(file), before, ct);
                await output.WriteLineAsync(header is null ? "No record is as old: nothing was written." : $"Records {header.From} to {header.To} are in {parsed.GetRequiredValue(file)} and no longer in the database.");
                return ExitCode.Done;
            }
            catch (AuditBrokenException broken)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"Nothing was archived. {broken.Message}");
                return ExitCode.Failed;
            }
        });
        return command;
    }

    private static Command Export(Func<string[], WebApplication> build)
    {
        var format = new Option<string>("--format") { Description = "jsonl or csv.", DefaultValueFactory = _ => "jsonl" };
        var filters = AuditFilter.Known.ToDictionary(key => key, key => new Option<string?>("--" + key.Replace("_id", "", StringComparison.Ordinal)) { Description = $"As {key} of the admin API." });
        var command = new Command("export", "Prints records, the oldest first.") { format };
        foreach (var filter in filters.Values)
            command.Add(filter);
        Define(command, build, [.. filters.Values.Select(option => option.Name), "--format"], async (parsed, services, output, ct) =>
        {
            if (AuditFilter.Of(key => parsed.GetValue(filters[key])) is not { } filter || !AuditExport.IsFormat(parsed.GetValue(format)))
                return await WrongAsync(parsed, $"--format is jsonl or csv. {AuditFilter.Limits}");
            await AuditExport.WriteAsync(services.GetRequiredService<Store>(), filter, parsed.GetValue(format)!, output, ct);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Define(Command command, Func<string[], WebApplication> build, string[] options, Func<ParseResult, IServiceProvider, TextWriter, CancellationToken, Task<int>> work)
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, ct) =>
        {
            if (await SettingArguments.AreWrongAsync(parsed, options))
                return ExitCode.Misused;
            await using var app = build(SettingArguments.ForPrinting(parsed.UnmatchedTokens));
            await using var scope = app.Services.CreateAsyncScope();
            return await work(parsed, scope.ServiceProvider, parsed.InvocationConfiguration.Output, ct);
        });
    }

    private static async Task<int> BrokenAsync(TextWriter output, ChainBreak found)
    {
        await output.WriteLineAsync($"BROKEN at record {found.Sequence}: {found.Words}");
        return ExitCode.Failed;
    }

    private static async Task<int> WrongAsync(ParseResult parsed, string words)
    {
        await parsed.InvocationConfiguration.Error.WriteLineAsync(words);
        return ExitCode.Misused;
    }

    private static ChainEnd? ReadEnd(string text) =>
        text.Split(':') is [var number, { Length: 64 } hash] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? new ChainEnd(sequence, hash) : null;
}
