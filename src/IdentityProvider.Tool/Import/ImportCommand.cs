using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Import;

/// <summary><c>idp import</c>: people and their password hashes from another system, some hundred in a request.</summary>
internal static class ImportCommand
{
    private const int MostRecords = 200, MostBytes = 1024 * 1024;

    /// <summary>As people type them, and as the API calls them.</summary>
    private static readonly Dictionary<string, string> Formats = new() { ["native"] = "native", ["asp-net-identity"] = "asp_net_identity", ["keycloak"] = "keycloak", ["auth0"] = "auth0" };

    public static Command Create(Surroundings around)
    {
        var file = new Argument<string>("file") { Description = "The export." };
        var format = new Option<string>("--format") { Description = $"{string.Join(", ", Formats.Keys)}.", DefaultValueFactory = _ => "native" };
        format.AcceptOnlyFromAmong([.. Formats.Keys]);
        return new Command("import", "Takes people over with their password hashes. Who is here already stays as they are; who is refused keeps nobody else out.") { file, format, GlobalOptions.DryRun() }
            .Does(around, async run => await new Import(run, await run.ApiAsync(), run.Get(file), Formats[run.Get(format)!]).RunAsync());
    }

    private sealed class Import(Run run, AdminApi api, string file, string format)
    {
        private readonly List<(long Place, string Json)> batch = [];
        private readonly JsonArray refused = [];
        private long created, unchanged;

        public async Task<int> RunAsync()
        {
            try
            {
                await foreach (var record in ImportFile.ReadAsync(file, format == "keycloak" ? "users" : null, run.Ct))
                {
                    if (record.Problem is { } problem)
                        Refuse(record.Place, "", problem);
                    else
                        await AddAsync(record.Place, record.Json);
                }

                await SendAsync();
            }
            catch (Exception) when (created + unchanged + refused.Count > 0)
            {
                run.Printer.Say($"Stopped after {created + unchanged + refused.Count} people; {created} were taken over. Run it again: who is here stays as they are.");
                throw;
            }

            if (run.Printer.IsJson)
                run.Printer.One(new JsonObject { ["created"] = created, ["unchanged"] = unchanged, ["refused"] = refused, ["dry_run"] = run.IsDryRun });
            else
                run.Printer.Line(string.Create(CultureInfo.InvariantCulture, $"{created} created, {unchanged} unchanged, {refused.Count} refused{(run.IsDryRun ? " (nothing was written)" : "")}"));
            return refused.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        }

        private async Task AddAsync(long place, string json)
        {
            if (batch.Count == MostRecords || batch.Sum(record => (long)record.Json.Length) + json.Length > MostBytes)
                await SendAsync();
            batch.Add((place, json));
        }

        private async Task SendAsync()
        {
            if (batch.Count == 0)
                return;
            var body = $$"""{"format":"{{format}}","dry_run":{{(run.IsDryRun ? "true" : "false")}},"records":[{{string.Join(',', batch.Select(record => record.Json))}}]}""";
            var results = (await api.PostAsync("users/import", Encoding.UTF8.GetBytes(body), "application/json")).Object["results"] as JsonArray ?? [];
            foreach (var (result, i) in results.Take(batch.Count).Select((result, i) => (result, i)))
            {
                if (result?["result"]?.ToString() == "created")
                    created++;
                else if (result?["result"]?.ToString() == "unchanged")
                    unchanged++;
                else
                    Refuse(batch[i].Place, result?["name"]?.ToString() ?? "", result?["reason"]?.ToString() ?? "");
            }

            batch.Clear();
        }

        private void Refuse(long place, string name, string reason)
        {
            run.Printer.Say(Output.Plain.Text($"{file}:{place}: {(name.Length > 0 ? $"\"{name}\" " : "")}{reason}"));
            refused.Add(new JsonObject { ["place"] = place, ["name"] = name, ["reason"] = reason });
        }
    }
}
