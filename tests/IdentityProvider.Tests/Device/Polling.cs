using System.Net;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Device;

/// <summary>RFC 8628 sections 3.4 and 3.5.</summary>
public sealed class Polling : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task Until_somebody_answers_the_authorization_is_pending()
    {
        var tv = await new Tv(host).StartAsync();
        for (var i = 0; i < 3; i++)
        {
            var answer = await tv.PollAsync();
            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Equal("authorization_pending", answer.Error);
            clock.Advance(TimeSpan.FromSeconds(5));
        }
    }

    [Fact]
    public async Task Polling_too_early_slows_down_and_each_time_by_five_seconds_more()
    {
        var tv = await new Tv(host).StartAsync();
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
        foreach (var pace in new[] { 5, 10, 15 })
        {
            // The pace of before is too early now, once it was not kept.
            clock.Advance(TimeSpan.FromSeconds(pace - 3));
            Assert.Equal("slow_down", (await tv.PollAsync()).Error);
        }

        clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal("slow_down", (await tv.PollAsync()).Error);
        clock.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
        clock.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
    }

    [Fact]
    public async Task After_one_slow_down_ten_seconds_are_right_and_five_are_not()
    {
        var tv = await new Tv(host).StartAsync();
        await tv.PollAsync();
        Assert.Equal("slow_down", (await tv.PollAsync()).Error);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("slow_down", (await tv.PollAsync()).Error);
    }

    [Fact]
    public async Task A_denial_is_told_to_the_device()
    {
        var tv = await new Tv(host).StartAsync();
        using var browser = new Browser(host);
        await tv.EnterAsync(browser);
        await browser.SubmitAsync("Deny");
        Assert.Equal("access_denied", (await tv.PollAsync()).Error);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("access_denied", (await tv.PollAsync()).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_code_that_nobody_redeemed_in_time_has_expired(bool approved)
    {
        var tv = await new Tv(host).StartAsync();
        using var browser = new Browser(host);
        if (approved)
            await tv.ApproveAsync(browser);
        clock.Advance(TimeSpan.FromSeconds(601));
        var answer = await tv.PollAsync();
        Assert.Equal("expired_token", answer.Error);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
    }

    [Fact]
    public async Task The_last_second_still_counts()
    {
        var tv = await new Tv(host).StartAsync();
        using var browser = new Browser(host);
        clock.Advance(TimeSpan.FromSeconds(590));
        await tv.ApproveAsync(browser);
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(HttpStatusCode.OK, (await tv.PollAsync()).Status);
    }

    [Fact]
    public async Task An_approval_gives_access_id_and_refresh_token()
    {
        var tv = await new Tv(host).StartAsync();
        using var browser = new Browser(host);
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
        await tv.ApproveAsync(browser);
        clock.Advance(TimeSpan.FromSeconds(5));
        var tokens = await tv.PollAsync();
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        Assert.Equal("Bearer", tokens["token_type"]);
        var access = RelyingParty.Claims(tokens["access_token"]!);
        Assert.Equal(TestDocument.Api, access.GetProperty("aud").GetString());
        Assert.Equal("device", access.GetProperty("client_id").GetString());
        var id = RelyingParty.Claims(tokens["id_token"]!);
        Assert.Equal("Ada Lovelace", id.GetProperty("name").GetString());
        Assert.Equal("device", id.GetProperty("aud").GetString());
        foreach (var name in new[] { "auth_time", "acr", "amr", "sid" })
            Assert.True(id.TryGetProperty(name, out _), name);
        Assert.Equal(HttpStatusCode.OK, (await tv.RefreshAsync(tokens["refresh_token"]!)).Status);
    }

    [Fact]
    public async Task Without_offline_access_there_is_no_refresh_token()
    {
        var tv = await new Tv(host).StartAsync("openid");
        using var browser = new Browser(host);
        await tv.ApproveAsync(browser);
        var tokens = await tv.PollAsync();
        Assert.NotNull(tokens["access_token"]);
        Assert.Null(tokens["refresh_token"]);
    }

    [Fact]
    public async Task A_code_belongs_to_the_client_that_asked_for_it()
    {
        var tv = await new Tv(host).StartAsync();
        using var browser = new Browser(host);
        await tv.ApproveAsync(browser);
        Assert.Equal("invalid_grant", (await new Tv(host, "device2").PollAsync(deviceCode: tv.DeviceCode)).Error);

        // And the attempt neither spends it nor slows its owner down.
        Assert.Equal(HttpStatusCode.OK, (await tv.PollAsync()).Status);
    }

    [Fact]
    public async Task A_code_is_used_once()
    {
        var tv = await new Tv(host).StartAsync();
        using var browser = new Browser(host);
        await tv.ApproveAsync(browser);
        Assert.Equal(HttpStatusCode.OK, (await tv.PollAsync()).Status);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("invalid_grant", (await tv.PollAsync()).Error);
    }

    [Fact]
    public async Task A_device_code_that_never_was_and_a_user_code_in_its_place_are_refused()
    {
        var tv = await new Tv(host).StartAsync();
        Assert.Equal("invalid_grant", (await tv.PollAsync(deviceCode: new string('A', 43))).Error);
        Assert.Equal("invalid_grant", (await tv.PollAsync(deviceCode: tv.UserCode)).Error);
        Assert.Equal("invalid_grant", (await tv.PollAsync(deviceCode: tv.UserCode.Replace("-", "", StringComparison.Ordinal))).Error);
        Assert.Equal("invalid_request", (await tv.PollAsync(deviceCode: "")).Error);
    }

    [Fact]
    public async Task A_person_who_was_disabled_meanwhile_gives_no_token()
    {
        var tv = await new Tv(host).StartAsync();
        using var browser = new Browser(host);
        await tv.ApproveAsync(browser, "grace");
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.Name == "Grace Hopper").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, clock.GetUtcNow())));
        Assert.Equal("invalid_grant", (await tv.PollAsync()).Error);
    }

    [Fact]
    public async Task Signing_out_before_the_device_polls_takes_the_approval_back()
    {
        var tv = await new Tv(host).StartAsync();
        using var browser = new Browser(host);
        await tv.ApproveAsync(browser);
        await browser.OpenAsync("/signout");
        await browser.SubmitAsync("Sign out");
        Assert.Equal("invalid_grant", (await tv.PollAsync()).Error);
    }

    [Fact]
    public async Task Sixteen_polls_at_once_get_one_answer_with_tokens_which_stay_good()
    {
        var tv = await new Tv(host).StartAsync();
        using var browser = new Browser(host);
        await tv.ApproveAsync(browser);
        await AssertOneWinsAsync(tv, await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => tv.PollAsync())));
    }

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task Sixteen_polls_at_once_on_two_nodes_get_one_answer_with_tokens(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var one = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        await using var other = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Issuer = one.Issuer, Port = IdpHost.FreePort() });
        var tv = await new Tv(one).StartAsync();
        using var browser = new Browser(one);
        await tv.ApproveAsync(browser);
        await AssertOneWinsAsync(tv, await Task.WhenAll(Enumerable.Range(0, 16).Select(i => tv.PollAsync(i % 2 == 0 ? one : other))));
    }

    private static async Task AssertOneWinsAsync(Tv tv, Answer[] answers)
    {
        var won = Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a != won), a => Assert.Contains(a.Error, new[] { "slow_down", "invalid_grant" }));
        Assert.Equal(HttpStatusCode.OK, (await tv.RefreshAsync(won["refresh_token"]!)).Status);
    }
}
