using System.CommandLine;
using System.Text.Json.Nodes;

namespace IdentityProvider.Tool.Doctor;

/// <summary><c>idp doctor</c>: what is wrong with a server, as it is seen from where people and apps are.</summary>
internal static class DoctorCommand
{
    public static Command Create(Surroundings around) => new Command("doctor", "Looks at a server from outside and says what is wrong and what to do. Exit code 1 when something is. A sign-in lets it look further.").Does(around, async run =>
    {
        using var probe = new Probe(run.Server(), run.Ct);
        var discovery = await DiscoveryChecks.ReadAsync(probe);
        List<Finding> findings = [.. discovery.Findings];
        findings.AddRange(ConnectionChecks.Of(probe, around.Clock));
        if (discovery.Document is { } document)
        {
            findings.AddRange(await DiscoveryChecks.KeysAsync(probe, document));
            findings.AddRange(await PageChecks.RunAsync(probe));
            findings.AddRange(await AdminChecks.RunAsync(run));
        }

        if (run.Printer.IsJson)
            run.Printer.Rows([.. findings.Select(finding => new JsonObject { ["check"] = finding.Check, ["result"] = Word(finding.Health), ["detail"] = finding.Words, ["remedy"] = finding.Remedy })], []);
        else
            foreach (var finding in findings)
                Show(run, finding);
        return findings.Exists(finding => finding.Health == Health.Fail) ? ExitCode.Failed : ExitCode.Done;
    });

    private static void Show(Run run, Finding finding)
    {
        run.Printer.Line($"{Word(finding.Health),-5} {Output.Plain.Text(finding.Check)}: {Output.Plain.Text(finding.Words)}");
        if (finding.Remedy is not null)
            run.Printer.Line($"      {Output.Plain.Text(finding.Remedy)}");
    }

    private static string Word(Health health) => health.ToString().ToLowerInvariant();
}
