namespace IdentityProvider.Tool.Api;

/// <summary>Says in plain words that a server cannot be reached.</summary>
internal static class Reach
{
    public static async Task<T> Async<T>(Uri server, Func<Task<T>> call, CancellationToken ct)
    {
        try
        {
            return await call();
        }
        catch (HttpRequestException exception)
        {
            throw new ToolException($"No answer from {server}: {exception.InnerException?.Message ?? exception.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ToolException($"No answer from {server} in time.");
        }
    }
}
