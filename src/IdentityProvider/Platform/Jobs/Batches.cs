using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Platform.Jobs;

internal static class Batches
{
    public const int Size = 1000;

    /// <summary>Deletes all that the query finds, some at a time, each in a transaction of its own: nobody waits long for a lock.</summary>
    public static async Task<int> DeleteInBatchesAsync<T>(this IQueryable<T> rows, CancellationToken ct)
        where T : class
    {
        var removed = 0;
        while (!ct.IsCancellationRequested)
        {
            var batch = await rows.Take(Size).ExecuteDeleteAsync(ct);
            removed += batch;
            if (batch < Size)
                break;
        }

        return removed;
    }
}
