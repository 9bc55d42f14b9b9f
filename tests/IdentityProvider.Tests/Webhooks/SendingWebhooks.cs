using System.Text.Json;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using StandardWebhooks.Diagnostics;
using Xunit;

namespace IdentityProvider.Tests.Webhooks;

public sealed class SendingWebhooks : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private IdpHost host = null!;
    private WebhookReceiver receiver = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        receiver = await WebhookReceiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task What_happens_is_told_signed_to_who_wants_to_hear_of_it()
    {
        var (id, secret) = await host.WebhookAsync(receiver.Address, "sign_in.*", "sessions.session_started");
        using var browser = new Browser(host);
        await browser.OpenAsync("/account");
        await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", "wrong"));
        await browser.SubmitAsync("Sign in", ("username", "grace"), ("password", TestDocument.Password));
        await receiver.HearsAsync(2);

        Assert.Equal(["sessions.session_started", "sign_in.refused"], receiver.Messages.Select(m => m.Type).Order());
        Assert.All(receiver.Messages, message => message.Verify(secret));
        Assert.All(receiver.Messages, message => Assert.Throws<WebhookVerificationException>(() => message.Verify(WebhookSecrets.Create())));
        Assert.All(receiver.Messages, message => Assert.Throws<WebhookVerificationException>(() => (message with { Body = message.Body.Replace("result", "tluser", StringComparison.Ordinal) }).Verify(secret)));
        var data = receiver.Messages.Single(m => m.Type == "sessions.session_started").Json.GetProperty("data");
        Assert.Equal("done", data.GetProperty("result").GetString());
        Assert.Equal("user", data.GetProperty("target").GetProperty("kind").GetString());
        await Eventually.HoldsAsync(async () => (await host.DeliveriesAsync(id)).TrueForAll(d => d is { DeliveredAt: not null, DueAt: null, Attempts: 1, Outcome: "204" }));
    }

    [Fact]
    public async Task Who_cannot_take_it_is_asked_again_later_each_time_with_the_same_message()
    {
        foreach (var answer in new int?[] { 500, 302, 429 })
            receiver.Answers.Enqueue(answer);
        var (id, _) = await host.WebhookAsync(receiver.Address, WebhookBench.Things);
        await host.RecordAsync(1);
        await host.ChainAsync();
        for (var tries = 1; tries <= 3; tries++)
        {
            await receiver.HearsAsync(tries);
            await WaitsAsync(id, tries);
            Assert.Equal(tries, receiver.Messages.Count);
            clock.Advance(WebhookPost.Waits[tries - 1] + TimeSpan.FromSeconds(1));
        }

        await receiver.HearsAsync(4);
        await Eventually.HoldsAsync(async () => (await host.DeliveriesAsync(id)).Single() is { DeliveredAt: not null, Attempts: 4 });
        Assert.Single(receiver.Messages.Select(m => (m.Id, m.Body)).Distinct());
        Assert.Equal(4, receiver.Messages.Select(m => m.Headers["webhook-timestamp"].ToString()).Distinct().Count());
    }

    [Fact]
    public async Task Who_says_when_is_not_asked_before()
    {
        receiver.Answers.Enqueue(503);
        receiver.RetryAfter = "600";
        var (id, _) = await host.WebhookAsync(receiver.Address, WebhookBench.Things);
        await host.RecordAsync(1);
        await host.ChainAsync();
        await receiver.HearsAsync(1);
        await WaitsAsync(id, 1);
        Assert.Equal(clock.GetUtcNow().AddSeconds(600), (await host.DeliveriesAsync(id))[0].DueAt);
    }

    [Theory]
    [InlineData(410, "gone")]
    [InlineData(500, "failing")]
    public async Task Who_is_gone_or_takes_nothing_for_days_is_sent_no_more(int status, string reason)
    {
        receiver.Usual = status;
        var (id, _) = await host.WebhookAsync(receiver.Address, WebhookBench.Things);
        await host.RecordAsync(1);
        await host.ChainAsync();
        await receiver.HearsAsync(1);
        if (status == 500)
            for (var tries = 1; tries <= WebhookPost.Waits.Count; tries++)
            {
                await WaitsAsync(id, tries);
                clock.Advance(WebhookPost.Waits[tries - 1] + TimeSpan.FromSeconds(1));
                await receiver.HearsAsync(tries + 1);
            }

        await Eventually.HoldsAsync(async () => (await host.FindAsync(id)).DisabledReason == reason);
        Assert.Contains(await host.AuditAsync(), record => record is { Name: "webhooks.disabled", TargetId: var target, Reason: var why } && target == id.ToString() && why == reason);
        Assert.Equal((status.ToString(System.Globalization.CultureInfo.InvariantCulture), true), (await host.DeliveriesAsync(id)).Select(d => (d.Outcome, d.GivenUpAt is not null)).Single());
        var heard = receiver.Messages.Count;
        await host.RecordAsync(3);
        await host.ChainAsync();
        await host.InStoreAsync(db => db.Set<Webhook>().CountAsync());
        Assert.Single(await host.DeliveriesAsync(id));
        Assert.Equal(heard, receiver.Messages.Count);
    }

    [Fact]
    public async Task One_who_hangs_keeps_nobody_else_waiting()
    {
        await using var slow = await WebhookReceiver.StartAsync();
        slow.Usual = null;
        await host.WebhookAsync(slow.Address, WebhookBench.Things);
        await host.WebhookAsync(receiver.Address, WebhookBench.Things);
        await host.RecordAsync(20);
        await host.ChainAsync();
        await receiver.HearsAsync(20);
        Assert.True(slow.Messages.Count < 20, "Whoever hangs was sent everything at once.");
    }

    [Fact]
    public async Task Nobody_inside_is_reached()
    {
        var (id, _) = await host.WebhookAsync("https://10.0.0.1/hook", WebhookBench.Things);
        await host.RecordAsync(1);
        await host.ChainAsync();
        await Eventually.HoldsAsync(async () => (await host.DeliveriesAsync(id)) is [{ Outcome: "unreachable", Attempts: 1 }]);
    }

    [Fact]
    public async Task For_a_day_after_a_change_messages_bear_both_signatures()
    {
        var (id, before) = await host.WebhookAsync(receiver.Address, WebhookBench.Things);
        var (_, after, _) = await host.WebhooksAsync(changes => changes.ChangeSecretAsync(id, default));
        await host.RecordAsync(1);
        await host.ChainAsync();
        await receiver.HearsAsync(1);
        Assert.True(receiver.Messages.TryDequeue(out var message));
        message.Verify(before);
        message.Verify(after);

        await host.InStoreAsync(db => db.Set<Webhook>().ExecuteUpdateAsync(set => set.SetProperty(w => w.FormerUntil, clock.GetUtcNow())));
        await host.RecordAsync(1);
        await host.ChainAsync();
        await receiver.HearsAsync(1);
        Assert.True(receiver.Messages.TryDequeue(out message));
        message.Verify(after);
        Assert.Throws<WebhookVerificationException>(() => message.Verify(before));
    }

    [Fact]
    public async Task The_past_is_sent_again_under_the_same_id()
    {
        var (id, _) = await host.WebhookAsync(receiver.Address, WebhookBench.Things);
        await host.RecordAsync(3, "early");
        await host.ChainAsync();
        await receiver.HearsAsync(3);
        await Eventually.HoldsAsync(async () => (await host.DeliveriesAsync(id)).TrueForAll(d => d.DueAt is null));
        var first = receiver.Messages.Select(m => m.Id).Order().ToList();

        Assert.True(await host.WebhooksAsync(changes => changes.ReplayAsync(id, clock.GetUtcNow().AddMinutes(-5), default)));
        await receiver.HearsAsync(6);
        Assert.Equal(first, receiver.Messages.Skip(3).Select(m => m.Id).Order());

        await Eventually.HoldsAsync(async () => (await host.DeliveriesAsync(id)).TrueForAll(d => d.DueAt is null));
        var one = (await host.DeliveriesAsync(id))[0];
        Assert.True(await host.WebhooksAsync(changes => changes.ResendAsync(id, one.Id, default)));
        await receiver.HearsAsync(7);
        Assert.Equal($"msg_{one.RecordId:N}", receiver.Messages.Last().Id);
        Assert.False(await host.WebhooksAsync(changes => changes.ResendAsync(Guid.CreateVersion7(), one.Id, default)));
    }

    [Theory]
    [MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Two_nodes_send_each_message_once(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var one = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        await using var two = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Issuer = one.Issuer, Port = IdpHost.FreePort() });
        var (id, secret) = await one.WebhookAsync(receiver.Address, WebhookBench.Things);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? one : two).RecordAsync(10, $"{i}")));
        await one.ChainAsync();
        await receiver.HearsAsync(80);
        await Eventually.HoldsAsync(async () => (await one.DeliveriesAsync(id)).Count(d => d.DeliveredAt is not null) == 80);
        Assert.Equal((80, 80), (receiver.Messages.Count, receiver.Messages.Select(m => m.Id).Distinct().Count()));
        Assert.All(receiver.Messages, message => message.Verify(secret));
    }

    [Fact]
    public async Task The_message_holds_what_the_audit_does()
    {
        await host.WebhookAsync(receiver.Address, "tests.*");
        await host.RecordAsync(1, "</script>\u2028 ünï");
        await host.ChainAsync();
        await receiver.HearsAsync(1);
        var json = receiver.Messages.Single().Json;
        var data = json.GetProperty("data");
        Assert.Equal(("tests.thing_changed", "blue", "red"), (json.GetProperty("type").GetString(), data.GetProperty("after").GetProperty("colour").GetString(), data.GetProperty("before").GetProperty("colour").GetString()));
        Assert.Equal(JsonValueKind.Number, data.GetProperty("sequence").ValueKind);
        Assert.Equal("</script>\u2028 ünï 0", data.GetProperty("target").GetProperty("id").GetString());
    }

    private Task WaitsAsync(Guid id, int tries) =>
        Eventually.HoldsAsync(async () => (await host.DeliveriesAsync(id)) is [{ DueAt: { } due, Attempts: var attempts }] && attempts == tries && due == clock.GetUtcNow() + (receiver.RetryAfter is null ? WebhookPost.Waits[tries - 1] : TimeSpan.FromSeconds(600)));
}
