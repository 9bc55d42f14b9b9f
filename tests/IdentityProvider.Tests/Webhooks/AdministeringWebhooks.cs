using System.Net;
using System.Text.Json.Nodes;
using IdentityProvider.Tests.Admin;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Webhooks;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Webhooks;

/// <summary>Over the admin API; the pages are the walks' (Tests.Pages).</summary>
public sealed class AdministeringWebhooks : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());
    private IdpHost host = null!;
    private RightsBench bench = null!;
    private WebhookReceiver receiver = null!;

    public async Task InitializeAsync()
    {
        var document = JsonNode.Parse(RightsBench.Document())!;
        document["roles"]!.AsArray().Add(JsonNode.Parse("""{ "name": "hooks", "permissions": ["webhooks:manage", "webhooks:read"] }"""));
        document["roles"]!.AsArray().Add(JsonNode.Parse("""{ "name": "hooks-reader", "permissions": ["webhooks:read"] }"""));
        foreach (var user in document["users"]!.AsArray())
            if ((string?)user!["username"] is "deputy" or "reader")
                user["roles"] = new JsonArray((string?)user["username"] == "deputy" ? "hooks" : "hooks-reader");
        host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = document.ToJsonString() });
        bench = new RightsBench(host, clock);
        receiver = await WebhookReceiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_webhook_is_made_tried_changed_and_removed()
    {
        var token = await bench.TokenAsync("deputy");
        var (status, made, tag) = await bench.SendAsync(HttpMethod.Post, "webhooks", token, new { url = receiver.Address, events = new[] { "sessions.*" }, description = "SIEM" });
        Assert.Equal(HttpStatusCode.Created, status);
        var (id, secret) = (made.GetProperty("id").GetString()!, made.GetProperty("secret").GetString()!);
        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", secret);

        var (_, test, _) = await bench.SendAsync(HttpMethod.Post, $"webhooks/{id}/test", token);
        Assert.Equal(("delivered", "204", "webhooks.test"), (test.GetProperty("state").GetString(), test.GetProperty("outcome").GetString(), test.GetProperty("event").GetString()));
        receiver.Messages.Single().Verify(secret);
        receiver.Usual = 500;
        Assert.Equal("given_up", (await bench.SendAsync(HttpMethod.Post, $"webhooks/{id}/test", token)).Body.GetProperty("state").GetString());

        Assert.Equal((HttpStatusCode)428, (await bench.SendAsync(HttpMethod.Put, $"webhooks/{id}", token, new { url = receiver.Address, events = new[] { "*" } })).Status);
        var (changed, body, next) = await bench.SendAsync(HttpMethod.Put, $"webhooks/{id}", token, new { url = receiver.Address, events = new[] { "*" }, enabled = false }, tag);
        Assert.Equal((HttpStatusCode.OK, false, "administrator"), (changed, body.GetProperty("enabled").GetBoolean(), body.GetProperty("disabled_reason").GetString()));
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await bench.SendAsync(HttpMethod.Delete, $"webhooks/{id}", token, ifMatch: tag)).Status);

        var list = await bench.SendAsync(HttpMethod.Get, "webhooks", token);
        Assert.Equal(id, list.Body.GetProperty("webhooks")[0].GetProperty("id").GetString());
        Assert.DoesNotContain("whsec_", list.Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(2, (await bench.SendAsync(HttpMethod.Get, $"webhooks/{id}/deliveries", token)).Body.GetProperty("deliveries").GetArrayLength());

        Assert.Equal(HttpStatusCode.NoContent, (await bench.SendAsync(HttpMethod.Delete, $"webhooks/{id}", token, ifMatch: next)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Get, $"webhooks/{id}", token)).Status);
        var records = await host.AuditAsync();
        Assert.Equal(["webhooks.changed", "webhooks.created", "webhooks.removed"], records.Where(r => r.Name.StartsWith("webhooks.", StringComparison.Ordinal)).Select(r => r.Name).Order());
        Assert.DoesNotContain(records, r => (r.Details + r.Before + r.After).Contains("whsec_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_may_be_given_and_an_address_has_one_webhook_whoever_comes_first()
    {
        const string given = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz", next = "whsec_MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEw";
        var token = await bench.TokenAsync("deputy");
        var at = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => bench.SendAsync(HttpMethod.Post, "webhooks", token, new { url = receiver.Address, events = new[] { "sessions.*" }, secret = given })));
        var (_, made, tag) = at.Single(answer => answer.Status == HttpStatusCode.Created);
        Assert.All(at.Where(answer => answer.Status != HttpStatusCode.Created), answer => Assert.Equal(HttpStatusCode.Conflict, answer.Status));
        Assert.Equal(given, made.GetProperty("secret").GetString());
        var id = made.GetProperty("id").GetString()!;
        await bench.SendAsync(HttpMethod.Post, $"webhooks/{id}/test", token);
        receiver.Messages.Single().Verify(given);

        // Without a secret it keeps its own; with another the one before signs beside it.
        var (_, kept, again) = await bench.SendAsync(HttpMethod.Put, $"webhooks/{id}", token, new { url = receiver.Address, events = new[] { "*" } }, tag);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, kept.GetProperty("former_secret_until").ValueKind);
        var (_, changed, _) = await bench.SendAsync(HttpMethod.Put, $"webhooks/{id}", token, new { url = receiver.Address, events = new[] { "*" }, secret = next }, again);
        Assert.Equal(clock.GetUtcNow().AddDays(1), changed.GetProperty("former_secret_until").GetDateTimeOffset());
        await bench.SendAsync(HttpMethod.Post, $"webhooks/{id}/test", token);
        receiver.Messages.Last().Verify(next);
        Assert.Contains(await host.AuditAsync(), r => r.Name == "webhooks.secret_changed");

        var (_, other, otherTag) = await bench.SendAsync(HttpMethod.Post, "webhooks", token, new { url = receiver.Address + "?other", events = new[] { "*" } });
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Put, $"webhooks/{other.GetProperty("id").GetString()}", token, new { url = receiver.Address, events = new[] { "*" } }, otherTag)).Status);
        foreach (var secret in new[] { "", "whsec_", "whsec_c2hvcnQ=", "whsec_no base64, but long enough to be it", given[6..], "whsec_" + new string('A', 92) })
            Assert.Equal("secret", (await bench.SendAsync(HttpMethod.Post, "webhooks", token, new { url = "https://a.example", events = new[] { "*" }, secret })).Body.GetProperty("errors").EnumerateObject().Single().Name);
    }

    [Fact]
    public async Task What_is_not_right_is_said_all_at_once()
    {
        var token = await bench.TokenAsync("deputy");
        var (status, body, _) = await bench.SendAsync(HttpMethod.Post, "webhooks", token, new { url = "http://example.com/", events = new[] { "Sessions", "sessions.*", "*.x" }, description = new string('x', 201), id = "mine", protected_secret = "x", cursor = 5 });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["cursor", "description", "events[0]", "events[2]", "protected_secret", "url"], body.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order());
        foreach (var url in new[] { "", "javascript:alert(1)", "https://user@host/", "https://host/#x", "ftp://host", "/hook", new string('a', 600) })
            Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Post, "webhooks", token, new { url, events = new[] { "*" } })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Post, "webhooks", token, new { url = receiver.Address, events = Array.Empty<string>() })).Status);
        var id = Guid.CreateVersion7();
        foreach (var (path, given) in new (string, object?)[] { ("replay", new { since = "yesterday" }), ("replay", new { }), ("replay", new { since = 5 }) })
            Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Post, $"webhooks/{id}/{path}", token, given)).Status);
        foreach (var path in new[] { "test", "secret", $"deliveries/{id}/resend" })
            Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Post, $"webhooks/{id}/{path}", token)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await bench.SendAsync(HttpMethod.Post, $"webhooks/{id}/replay", token, new { since = "2026-01-01T00:00:00Z" })).Status);
    }

    [Fact]
    public async Task Looking_is_not_changing_and_one_more_than_twenty_is_refused()
    {
        var (reader, nobody, manager) = (await bench.TokenAsync("reader"), await bench.TokenAsync("grace"), await bench.TokenAsync("deputy"));
        Assert.Equal(HttpStatusCode.OK, (await bench.SendAsync(HttpMethod.Get, "webhooks", reader)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Post, "webhooks", reader, new { url = receiver.Address, events = new[] { "*" } })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Get, "webhooks", nobody)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await bench.SendAsync(HttpMethod.Get, "webhooks", null)).Status);
        for (var i = 0; i < WebhookChanges.Most; i++)
            Assert.Equal(HttpStatusCode.Created, (await bench.SendAsync(HttpMethod.Post, "webhooks", manager, new { url = $"{receiver.Address}?{i}", events = new[] { "*" } })).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await bench.SendAsync(HttpMethod.Post, "webhooks", manager, new { url = receiver.Address, events = new[] { "*" } })).Status);
    }
}
