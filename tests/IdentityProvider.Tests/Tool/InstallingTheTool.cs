using System.Diagnostics;
using System.Text.Json.Nodes;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tool;

/// <summary>The package as people install it: a process of its own, from no source but a folder.</summary>
public sealed class InstallingTheTool : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("idp-install-").FullName;
    private IdpHost host = null!;

    private string Executable => Path.Combine(folder, "bin", OperatingSystem.IsWindows() ? "idp.exe" : "idp");

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Document = ToolBench.Document() });
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), $"""<configuration><packageSources><clear /><add key="here" value="{folder}" /></packageSources></configuration>""");
        await RunAsync(0, "dotnet", "pack", Path.Combine(Checkout.Root, "src", "IdentityProvider.Tool"), "--no-build", "-c", configuration, "-o", folder, "-v", "q");
        await RunAsync(0, "dotnet", "tool", "install", "IdentityProvider.Tool", "--tool-path", Path.Combine(folder, "bin"), "--configfile", Path.Combine(folder, "nuget.config"));
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task It_runs_completes_in_a_shell_and_ends_with_its_code()
    {
        Assert.Contains("ada@example.test", await RunAsync(0, Executable, "users", "list"), StringComparison.Ordinal);
        Assert.Equal("robot", (string?)JsonNode.Parse(await RunAsync(0, Executable, "service-accounts", "list", "--output", "json"))![0]!["name"]);
        await RunAsync(1, Executable, "users", "show", "nobody");
        await RunAsync(2, Executable, "users", "lsit");
        await RunAsync(4, Executable, "users", "list", "--scope", "roles:read");
        if (OperatingSystem.IsWindows())
            return;
        var script = """source <("$0" completion bash); PATH="$(dirname "$0"):$PATH"; COMP_LINE="idp users list --st"; COMP_POINT=19; COMP_WORDS=(idp users list --st); COMP_CWORD=3; _idp_complete; echo "${COMPREPLY[*]}" """;
        Assert.Equal("--state", (await RunAsync(0, "bash", "-c", script, Executable)).Trim());
    }

    [Fact]
    public async Task Ctrl_C_ends_a_wait_at_once()
    {
        if (!OperatingSystem.IsLinux())
            return;

        // Whoever runs the tests in the background of a shell has the signal ignored, and so have their children.
        using var process = Process.Start(Info("env", "--default-signal=INT", Executable, "login", "--client-id", "idp-cli"))!;
        while (await process.StandardError.ReadLineAsync() is { } line && !line.StartsWith("Open ", StringComparison.Ordinal))
        {
        }

        using var interrupt = Process.Start("kill", ["-INT", $"{process.Id}"]);
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
        Assert.Equal(130, process.ExitCode);
        Assert.Contains("Interrupted", await process.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(int code, string program, params string[] args)
    {
        using var process = Process.Start(Info(program, args))!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == code, $"{program} {string.Join(' ', args)} ended with {process.ExitCode}\n{await output}{await error}");
        return await output;
    }

    private ProcessStartInfo Info(string program, params string[] args)
    {
        var info = new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        info.Environment["IDP_SERVER"] = host.Issuer.ToString();
        info.Environment["IDP_CLIENT_ID"] = "robot";
        info.Environment["IDP_CLIENT_SECRET"] = ToolBench.RobotSecret;
        info.Environment["IDP_HOME"] = folder;
        info.Environment["DOTNET_NOLOGO"] = "1";
        info.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        info.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        return info;
    }
}
