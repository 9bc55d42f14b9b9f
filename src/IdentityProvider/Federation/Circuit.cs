namespace IdentityProvider.Federation;

/// <summary>
/// Open after five failures in a row to reach a provider: for half a minute nobody waits for it, and it is left in peace. Then one
/// who gets through closes it, and one who does not opens it again.
/// </summary>
internal sealed class Circuit(TimeProvider clock)
{
    public const int Failures = 5;
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly Lock counting = new();
    private int failures;
    private DateTimeOffset openUntil;

    public bool IsOpen
    {
        get
        {
            lock (counting)
                return clock.GetUtcNow() < openUntil;
        }
    }

    public void Count(bool reached)
    {
        lock (counting)
        {
            failures = reached ? 0 : failures + 1;
            if (failures >= Failures)
                openUntil = clock.GetUtcNow() + Pause;
        }
    }
}
