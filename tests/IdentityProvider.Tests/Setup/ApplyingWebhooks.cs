using IdentityProvider.Webhooks;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Setup;

public sealed class ApplyingWebhooks : IAsyncDisposable
{
    private const string First = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz", Second = "whsec_MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEw";
    private readonly SetupBench bench = new();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Twice_is_no_change_and_the_secret_is_not_in_the_database()
    {
        Assert.Contains("webhooks: 1 created, 0 updated, 0 unchanged", await bench.ApplyAsync(Document(First)));
        var first = await bench.DumpAsync();
        Assert.Contains("webhooks: 0 created, 0 updated, 1 unchanged", await bench.ApplyAsync(Document(First)));
        Assert.Equal(first, await bench.DumpAsync());
        Assert.Contains("https://siem.example/hook", first, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_secret_leaves_the_one_before_for_a_day_and_none_leaves_it_alone()
    {
        await bench.ApplyAsync(Document(First));
        var before = await WebhookAsync();
        Assert.Contains("webhooks: 0 created, 1 updated, 0 unchanged", await bench.ApplyAsync(Document(Second)));
        var changed = await WebhookAsync();
        Assert.Equal((before.ProtectedSecret, bench.Clock.GetUtcNow().AddDays(1)), (changed.FormerProtectedSecret, changed.FormerUntil));
        Assert.NotEqual((before.Version, before.ProtectedSecret), (changed.Version, changed.ProtectedSecret));
        Assert.Contains("webhooks: 0 created, 0 updated, 1 unchanged", await bench.ApplyAsync(Document(null)));
        Assert.Equal(changed.ProtectedSecret, (await WebhookAsync()).ProtectedSecret);
    }

    [Fact]
    public async Task Switched_off_and_on_it_hears_of_what_happens_from_then_on()
    {
        await bench.ApplyAsync(Document(First, enabled: false));
        var off = await WebhookAsync();
        Assert.Equal((bench.Clock.GetUtcNow(), "administrator"), (off.DisabledAt, off.DisabledReason));
        await bench.ApplyAsync("""{ "roles": [{ "name": "auditor", "permissions": ["audit:read"] }] }""");
        await bench.ApplyAsync(Document(First));
        var on = await WebhookAsync();
        Assert.Null(on.DisabledAt);
        Assert.Equal(await bench.ReadAsync(db => WebhookChanges.EndAsync(db, default)), on.Cursor);

        // What a document leaves out is left alone.
        await bench.ApplyAsync("{}");
        Assert.Equal(on.Id, (await WebhookAsync()).Id);
    }

    [Fact]
    public async Task One_more_than_twenty_with_those_that_are_there_is_refused()
    {
        static string Many(int from, int count) => $$"""{ "webhooks": [{{string.Join(',', Enumerable.Range(from, count).Select(i => $$"""{ "url": "https://siem.example/{{i}}", "events": ["*"], "secret": "{{First}}" }"""))}}] }""";
        await bench.ApplyAsync(Many(0, 19));
        var refused = await Assert.ThrowsAsync<IdentityProvider.Setup.SetupException>(() => bench.ApplyAsync(Many(18, 3)));
        Assert.Contains("is one webhook more than the 20 there may be", refused.Message, StringComparison.Ordinal);
        await bench.ApplyAsync(Many(18, 2));
        Assert.Equal(20, await bench.ReadAsync(db => db.Set<Webhook>().CountAsync()));
    }

    private Task<Webhook> WebhookAsync() => bench.ReadAsync(db => db.Set<Webhook>().AsNoTracking().SingleAsync());

    private static string Document(string? secret, bool enabled = true) =>
        $$"""{ "webhooks": [{ "url": "https://siem.example/hook", "events": ["sessions.*", "roles.*"], "enabled": {{(enabled ? "true" : "false")}}, "secret": {{(secret is null ? "null" : $"\"{secret}\"")}} }] }""";
}
