using IdentityProvider.Platform.Storage;
using IdentityProvider.Suspicions;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static IdentityProvider.Tests.Suspicions.SuspicionBench;

namespace IdentityProvider.Tests.Suspicions;

public sealed class NoticingAttacks
{
    private const string Stranger = "198.18.7.9", Office = "198.18.1.1";

    private readonly FakeTimeProvider clock = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task Twenty_names_from_one_address_are_told_with_who_got_in_and_not_again_within_the_hour()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync();
        await host.WebhookAsync(receiver.Address, "suspicious.*");
        await host.TryAsync(Stranger, Names(0, 18));
        Assert.Empty(await host.NoticedAsync());
        await host.SignInAsync(Stranger, "ada");
        await host.TryAsync(Stranger, ["grace", "otp"]);

        var told = Assert.Single(await host.NoticedAsync());
        Assert.Equal((SuspicionKind.Spraying, "one_network", Stranger, "system"), (told.Name, told.Reason, told.Address, told.ActorKind));
        Assert.Equal("""{"minutes":10,"names":20,"signed_in":1,"tries":20}""", told.Details);
        Assert.Single(await host.NoticedAsync());
        await Eventually.HoldsAsync(() => Task.FromResult(receiver.Messages.Any(m => m.Type == SuspicionKind.Spraying && m.Json.GetProperty("data").GetProperty("address").GetString() == Stranger)));

        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Single(await host.NoticedAsync());
        await host.TryAsync(Stranger, Names(30, 20));
        Assert.Equal(2, (await host.NoticedAsync()).Count);
    }

    [Fact]
    public async Task An_office_whose_people_each_mistype_once_a_day_alarms_nobody()
    {
        await using var host = await StartAsync(document: OfficeOf(20));
        for (var i = 0; i < 20; i++)
        {
            await host.TryAsync(Office, [$"clerk{i}"]);
            clock.Advance(TimeSpan.FromMinutes(72));
            Assert.Empty(await host.NoticedAsync());
        }

        // The same on a Monday at eight: they all get in.
        for (var i = 0; i < 20; i++)
        {
            await host.TryAsync(Office, [$"clerk{i}"]);
            await host.SignInAsync(Office, $"clerk{i}");
        }

        Assert.Empty(await host.NoticedAsync());
    }

    [Fact]
    public async Task One_person_who_forgot_the_password_is_one_name()
    {
        await using var host = await StartAsync(("Suspicions:NamesFromOneNetwork", "2"));
        await host.TryAsync(Stranger, ["grace"], times: 9);
        Assert.Empty(await host.NoticedAsync());
        await host.TryAsync(Stranger, ["nobody"], times: 9);
        Assert.Equal([SuspicionKind.Spraying], (await host.NoticedAsync()).Select(r => r.Name));
    }

    [Fact]
    public async Task Addresses_of_one_subscriber_are_one_network()
    {
        await using var host = await StartAsync(("Suspicions:NamesFromOneNetwork", "6"));
        for (var i = 0; i < 6; i++)
            await host.TryAsync($"2a02:cf40:0:1::{i + 1}", Names(i, 1));
        for (var i = 0; i < 5; i++)
            await host.TryAsync($"2a02:cf40:0:{i + 2}::1", Names(i, 1));
        Assert.Equal("2a02:cf40:0:1::/64", Assert.Single(await host.NoticedAsync()).Address);
    }

    [Theory]
    [InlineData(8, 1, true)]
    [InlineData(8, 3, true)]
    [InlineData(8, 4, false)]
    [InlineData(7, 1, false)]
    public async Task Many_names_from_everywhere_with_few_tries_each_are_told(int names, int tries, bool told)
    {
        await using var host = await StartAsync(("Suspicions:NamesFromManyNetworks", "8"), ("Suspicions:Lockouts", "0"));
        for (var i = 0; i < names; i++)
            await host.TryAsync($"198.18.9.{i}", Names(i, 1), tries);
        Assert.Equal(told ? ["many_networks"] : [], (await host.NoticedAsync()).Select(r => r.Reason));
    }

    [Fact]
    public async Task What_happens_all_day_is_usual()
    {
        await using var host = await StartAsync(("Suspicions:NamesFromManyNetworks", "8"), ("Suspicions:Lockouts", "0"), ("Suspicions:Window", "01:00:00"));
        for (var hour = 0; hour < 24; hour++)
        {
            await host.TryAsync($"198.18.9.{hour}", Names(0, 2));
            clock.Advance(TimeSpan.FromHours(1));
        }

        for (var i = 0; i < 8; i++)
            await host.TryAsync($"198.18.10.{i}", Names(i, 1));
        Assert.Empty(await host.NoticedAsync());
        for (var i = 8; i < 12; i++)
            await host.TryAsync($"198.18.10.{i}", Names(i, 1));
        Assert.Equal("many_networks", Assert.Single(await host.NoticedAsync()).Reason);
    }

    [Fact]
    public async Task Many_locks_on_the_server_are_told()
    {
        await using var host = await StartAsync(("Suspicions:Lockouts", "3"));
        await host.TryAsync(Stranger, ["grace", "nobody"], times: 7);
        Assert.Empty(await host.NoticedAsync());
        await host.TryAsync(Office, ["ada"], times: 6);
        var told = Assert.Single(await host.NoticedAsync());
        Assert.Equal((SuspicionKind.Lockouts, """{"minutes":10,"names":3}"""), (told.Name, told.Details));

        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Single(await host.NoticedAsync());
    }

    [Fact]
    public async Task What_is_set_to_zero_is_not_looked_for()
    {
        await using var host = await StartAsync(("Suspicions:Lockouts", "0"), ("Suspicions:NamesFromOneNetwork", "0"), ("Suspicions:NamesFromManyNetworks", "0"));
        await host.TryAsync(Stranger, Names(0, 25));
        await host.TryAsync(Office, Names(0, 12), times: 5);
        Assert.Empty(await host.NoticedAsync());
    }

    [Theory, MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Of_two_nodes_that_look_at_once_one_tells(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        var settings = new Dictionary<string, string>(SuspicionBench.Settings) { ["Suspicions:NamesFromOneNetwork"] = "5" };
        await using var one = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Settings = settings });
        await using var two = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Settings = settings, Issuer = one.Issuer, Port = IdpHost.FreePort() });
        await one.TryAsync(Stranger, Names(0, 6));
        await one.AuditAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => (i % 2 == 0 ? one : two).Services.GetRequiredService<SprayWatch>().RunOnceAsync(default)));
        Assert.Single(await one.NoticedAsync());
    }

    private Task<IdpHost> StartAsync(params (string Name, string Value)[] settings) => StartAsync(null, settings);

    private Task<IdpHost> StartAsync(string? document, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(SuspicionBench.Settings);
        foreach (var (name, value) in settings)
            all[name] = value;
        return IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = document, Settings = all });
    }

    private static string OfficeOf(int people)
    {
        var document = System.Text.Json.Nodes.JsonNode.Parse(TestDocument.Json)!;
        for (var i = 0; i < people; i++)
            document["users"]!.AsArray().Add(new System.Text.Json.Nodes.JsonObject { ["username"] = $"clerk{i}", ["email"] = $"clerk{i}@example.test", ["password"] = TestDocument.Password });
        return document.ToJsonString();
    }
}
