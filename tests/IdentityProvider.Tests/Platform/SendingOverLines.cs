using IdentityProvider.Platform.Jobs;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace IdentityProvider.Tests.Platform;

public sealed class SendingOverLines
{
    [Fact]
    public async Task A_database_that_is_away_uses_no_line_up()
    {
        using var lines = new OutgoingLines(2, 2, NullLogger.Instance);
        for (var i = 0; i < 5; i++)
            await Assert.ThrowsAsync<TimeoutException>(() => lines.SendAsync(Guid.Empty, () => throw new TimeoutException(), _ => Task.CompletedTask, default));
        for (var i = 0; i < 5; i++)
            await lines.SendAsync(Guid.Empty, () => Task.FromResult(false), _ => throw new InvalidOperationException("Not taken, and sent."), default);
        var sent = new TaskCompletionSource();
        await lines.SendAsync(Guid.Empty, () => Task.FromResult(true), _ => { sent.SetResult(); return Task.CompletedTask; }, default);
        await sent.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await lines.DrainAsync();
    }

    [Fact]
    public async Task One_who_hangs_leaves_lines_to_others_and_one_who_fails_gives_its_line_back()
    {
        using var lines = new OutgoingLines(3, 2, NullLogger.Instance);
        var (slow, other, hanging) = (Guid.CreateVersion7(), Guid.CreateVersion7(), new TaskCompletionSource());
        var taken = 0;
        for (var i = 0; i < 4; i++)
            await lines.SendAsync(slow, () => Task.FromResult(++taken > 0), _ => hanging.Task, default);
        Assert.Equal(2, taken);
        Assert.Equal([slow], lines.Full);
        for (var i = 0; i < 4; i++)
            await lines.SendAsync(other, () => Task.FromResult(true), _ => Task.FromException(new InvalidOperationException("It failed.")), default);
        hanging.SetResult();
        await lines.DrainAsync();
        Assert.Empty(lines.Full);
    }
}
