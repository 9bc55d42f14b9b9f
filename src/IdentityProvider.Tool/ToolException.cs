namespace IdentityProvider.Tool;

/// <summary>The command ends here: why, and what to do about it.</summary>
internal sealed class ToolException(string message, int code = ExitCode.Failed) : Exception(message)
{
    public int Code { get; } = code;

    public static ToolException Misused(string message) => new(message, ExitCode.Misused);
}
