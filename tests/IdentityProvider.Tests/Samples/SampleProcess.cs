using System.Collections.Concurrent;
using System.Diagnostics;
using IdentityProvider.Tests.House;

namespace IdentityProvider.Tests.Samples;

/// <summary>A sample as a newcomer runs it: a process of its own, told where the server is.</summary>
internal sealed class SampleProcess : IDisposable
{
    private readonly Process process;
    private readonly BlockingCollection<string> lines = [];

    public SampleProcess(string name, params string[] arguments)
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        var info = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Path.Combine(Checkout.Root, "samples", name),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        info.ArgumentList.Add(Path.Combine(info.WorkingDirectory, "bin", configuration, "net10.0", $"{name}.dll"));
        foreach (var argument in arguments)
            info.ArgumentList.Add(argument);
        info.Environment["ASPNETCORE_ENVIRONMENT"] = info.Environment["DOTNET_ENVIRONMENT"] = "Development";
        process = Process.Start(info)!;
        process.OutputDataReceived += (_, line) => Add(line.Data);
        process.ErrorDataReceived += (_, line) => Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Output { get; private set; } = "";

    /// <summary>The first line that satisfies, or a failure with what was printed instead.</summary>
    public string WaitFor(Func<string, bool> condition)
    {
        while (lines.TryTake(out var line, TimeSpan.FromSeconds(60)))
            if (condition(line))
                return line;
        throw new InvalidOperationException($"The line did not come. Printed so far:\n{Output}");
    }

    public async Task<int> ExitAsync()
    {
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        return process.ExitCode;
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        Output += line + "\n";
        lines.Add(line);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.Dispose();
        lines.Dispose();
    }
}
