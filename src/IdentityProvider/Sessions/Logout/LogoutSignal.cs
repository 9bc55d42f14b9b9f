namespace IdentityProvider.Sessions.Logout;

/// <summary>Wakes the sender of this process: a client that is told at once has nothing to wait for.</summary>
internal sealed class LogoutSignal : IDisposable
{
    private readonly SemaphoreSlim raised = new(0, 1);

    public void Raise()
    {
        try
        {
            raised.Release();
        }
        catch (SemaphoreFullException)
        {
            // Raised already, and not heard yet.
        }
    }

    /// <summary>Until it is raised, or <paramref name="longest"/> has passed.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken ct) => raised.WaitAsync(longest, ct);

    public void Dispose() => raised.Dispose();
}
