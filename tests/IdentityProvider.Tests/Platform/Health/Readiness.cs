using System.Data.Common;
using System.Net;
using System.Text.Json;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace IdentityProvider.Tests.Platform.Health;

internal static class Readiness
{
    public static async Task<(HttpStatusCode Status, JsonElement Json)> AskReadyAsync(this IdpHost host)
    {
        using var answer = await host.Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return (answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    /// <summary>An answer is kept for a second.</summary>
    public static async Task<JsonElement> WaitForReadyAsync(this IdpHost host, HttpStatusCode wanted)
    {
        JsonElement json = default;
        await Eventually.HoldsAsync(async () =>
        {
            (var status, json) = await host.AskReadyAsync();
            return status == wanted;
        });
        return json;
    }

    public static string? Reason(this JsonElement answer, string part) =>
        answer.GetProperty("parts").GetProperty(part).TryGetProperty("reason", out var reason) ? reason.GetString() : null;
}

/// <summary>How often a server sent a statement.</summary>
internal sealed class CommandCount(string text) : DbCommandInterceptor
{
    private int count;

    public int Take() => Interlocked.Exchange(ref count, 0);

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        if (command.CommandText.Contains(text, StringComparison.Ordinal))
            Interlocked.Increment(ref count);
        return ValueTask.FromResult(result);
    }
}
