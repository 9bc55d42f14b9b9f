namespace IdentityProvider.Platform.CommandLine;

/// <summary>What a command tells the shell.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>It failed, or problems were found; they stand on standard error.</summary>
    public const int Failed = 1;

    /// <summary>No such command, or wrong arguments.</summary>
    public const int Misused = 2;
}
