using System.CommandLine;
using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Commands;

/// <summary><c>idp audit</c>.</summary>
internal static class AuditCommand
{
    public static Command Create(Surroundings around) => new("audit", "Who did what, and the proof of it.") { Resources.Audit.List(around, "search"), Export(around), Verify(around) };

    private static Command Export(Surroundings around)
    {
        var format = new Option<string>("--format") { Description = "jsonl or csv.", DefaultValueFactory = _ => "jsonl" };
        format.AcceptOnlyFromAmong("jsonl", "csv");
        var file = new Option<string?>("--file") { Description = "Where to; must not exist yet. Else standard output.", HelpName = "file" };
        var filters = Resources.Audit.Filters.Select(filter => (filter.Query, Option: new Option<string?>(filter.Option) { Description = filter.Words })).ToList();
        var command = new Command("export", "Writes records, the oldest first.") { format, file };
        foreach (var (_, option) in filters)
            command.Add(option);
        return command.Does(around, async run =>
        {
            var api = await run.ApiAsync();
            var path = AdminApi.Query("audit/export", [("format", run.Get(format)), .. filters.Select(filter => (filter.Query, run.Get(filter.Option)))]);
            if (run.Get(file) is not { } target)
            {
                // Both formats are safe for a terminal: JSON escapes, and the server's CSV has no control characters but line ends.
                using var text = new MemoryStream();
                await api.CopyAsync(path, text);
                await around.Output.WriteAsync(Output.Plain.Lines(System.Text.Encoding.UTF8.GetString(text.ToArray()).ReplaceLineEndings("\n")));
                return ExitCode.Done;
            }

            await using var stream = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
            await api.CopyAsync(path, stream);
            return ExitCode.Done;
        });
    }

    private static Command Verify(Surroundings around) => new Command("verify", "Proves that no record was changed, removed or moved. Exit code 1 when one was.").Does(around, async run =>
    {
        var verdict = (await (await run.ApiAsync()).GetAsync("audit/verify")).Object;
        run.Printer.One(verdict);
        return verdict["ok"]?.GetValue<bool>() == true ? ExitCode.Done : ExitCode.Failed;
    });
}
