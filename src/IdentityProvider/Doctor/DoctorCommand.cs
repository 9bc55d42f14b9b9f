using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Doctor;

/// <summary><c>doctor</c>: with the settings of the server and on its machine, beside it or without it.</summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static Command Create(Func<string[], WebApplication> build)
    {
        var format = new Option<string>("--output") { Description = "text or json.", DefaultValueFactory = _ => "text" };
        var command = new Command("doctor", "Looks at settings, address, certificate, database, keys, Redis, mail and clocks, and says what is wrong and what to do. Changes nothing. Exit code 1 when there is a problem.") { format };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, ct) =>
        {
            if (await SettingArguments.AreWrongAsync(parsed, ["--output"]))
                return ExitCode.Misused;
            if (parsed.GetValue(format) is not ("text" or "json"))
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync("--output is text or json.");
                return ExitCode.Misused;
            }

            var findings = new List<Finding>();
            try
            {
                await using var app = build([.. SettingArguments.ForPrinting(parsed.UnmatchedTokens), "--Logging:LogLevel:Default=None"]);
                findings.Add(new("settings", Level.Ok, "All settings are known and right."));
                await using var scope = app.Services.CreateAsyncScope();
                foreach (var look in scope.ServiceProvider.GetServices<ILook>())
                    await foreach (var finding in look.LookAsync(ct))
                        findings.Add(finding);
            }
            catch (SettingsException wrong)
            {
                findings.AddRange(wrong.Problems.Select(problem => new Finding("settings", Level.Problem, problem, "The server does not start with it. Change it as it says.")));
            }

            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(format) == "json")
                await output.WriteLineAsync(JsonSerializer.Serialize(new { healthy = !findings.Exists(f => f.Level == Level.Problem), findings }, json));
            else
                foreach (var finding in findings)
                {
                    await output.WriteLineAsync($"{finding.Level.ToString().ToLowerInvariant(),-8} {finding.Check}: {finding.Says}");
                    if (finding.Remedy is { } remedy)
                        await output.WriteLineAsync($"{"",-8} {remedy}");
                }

            return findings.Exists(f => f.Level == Level.Problem) ? ExitCode.Failed : ExitCode.Done;
        });
        return command;
    }
}
