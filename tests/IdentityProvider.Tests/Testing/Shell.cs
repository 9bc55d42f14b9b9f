using System.Diagnostics;
using System.Text;

namespace IdentityProvider.Tests.Testing;

/// <summary>A script of a few lines, run by sh as somebody would who copied it.</summary>
internal static class Shell
{
    public static async Task<(int Code, string Output, string Errors)> RunAsync(string script, Action<string>? onErrorLine = null, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("sh") { ArgumentList = { "-c", script }, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = new UTF8Encoding(false) };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { } text)
                return;
            errors.AppendLine(text);
            onErrorLine?.Invoke(text);
        };
        process.BeginErrorReadLine();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, output, errors.ToString());
    }
}
