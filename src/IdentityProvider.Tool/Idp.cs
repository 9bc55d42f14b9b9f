using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text.Json;
using IdentityProvider.Tool.Api;
using IdentityProvider.Tool.Output;

namespace IdentityProvider.Tool;

/// <summary>The entry point: parses, runs and turns whatever went wrong into words and an exit code.</summary>
internal static class Idp
{
    public static async Task<int> RunAsync(string[] args, Surroundings around, CancellationToken ct = default)
    {
        // "@" and "-abc" in a value are text, not response files or bundles of switches.
        var parsed = IdpCommands.Create(around).Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            foreach (var problem in parsed.Errors)
                await around.Error.WriteLineAsync(Plain.Text(problem.Message));
            await around.Error.WriteLineAsync("See --help.");
            return ExitCode.Misused;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = around.Output, Error = around.Error, EnableDefaultExceptionHandler = false }, ct);
        }
        catch (ApiRefusal refusal)
        {
            refusal.Problem.WriteTo(around.Error);
            return refusal.Problem.ExitCode;
        }
        catch (ToolException exception)
        {
            await around.Error.WriteLineAsync(Plain.Lines(exception.Message));
            return exception.Code;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await around.Error.WriteLineAsync(Plain.Lines(exception.Message));
            return ExitCode.Failed;
        }
        catch (Exception exception) when (exception is InvalidOperationException or JsonException or ArgumentException or FormatException)
        {
            // Nothing but the answers of a server is of unknown form here: a number for a name, half a surrogate pair.
            await around.Error.WriteLineAsync($"An answer of the server cannot be read: {Plain.Lines(exception.Message)}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            await around.Error.WriteLineAsync("Interrupted.");
            return ExitCode.Interrupted;
        }
    }
}
