namespace IdentityProvider.Tool;

/// <summary>What a command tells the shell.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>The server refused it, it could not be reached, or a check failed.</summary>
    public const int Failed = 1;

    /// <summary>No such command, or wrong arguments.</summary>
    public const int Misused = 2;

    /// <summary>A document and the server say different things.</summary>
    public const int Different = 3;

    /// <summary>Nobody is signed in, or not with what this needs.</summary>
    public const int Forbidden = 4;

    /// <summary>Ctrl-C.</summary>
    public const int Interrupted = 130;
}
