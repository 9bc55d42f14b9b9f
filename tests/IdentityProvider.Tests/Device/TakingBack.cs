using System.Net;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Device;

/// <summary>A device takes its code back (RFC 7009), before or after somebody approved it.</summary>
public sealed class TakingBack
{
    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    private static Task<Answer> RevokeAsync(IdpHost host, string token, string clientId = "device", string? hint = null) =>
        new RelyingParty(host, clientId).PostAsync("/connect/revoke", ("token", token), ("token_type_hint", hint));

    [Theory, MemberData(nameof(Providers))]
    public async Task A_code_that_waits_is_gone_on_every_node_and_the_one_on_the_screen_with_it(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider);
        using var browser = new Browser(nodes.First);
        var tv = await new Tv(nodes.First).StartAsync();
        foreach (var node in new[] { nodes.First, nodes.Second })
            Assert.Equal((HttpStatusCode.OK, null), await OutcomeAsync(RevokeAsync(node, tv.DeviceCode)));
        Assert.Equal("invalid_grant", (await tv.PollAsync(nodes.Second)).Error);
        await new RelyingParty(nodes.First, "trusted").SignInAsync(browser);
        var page = await tv.EnterAsync(browser);
        Assert.DoesNotContain("Living room TV", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("device_code")]
    [InlineData("refresh_token")]
    public async Task A_code_that_was_approved_pays_for_nothing(string? hint)
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        await tv.ApproveAsync(browser);
        Assert.Equal((HttpStatusCode.OK, null), await OutcomeAsync(RevokeAsync(host, tv.DeviceCode, hint: hint)));
        Assert.Equal("invalid_grant", (await tv.PollAsync()).Error);
    }

    [Fact]
    public async Task A_code_that_paid_takes_what_it_paid_for_with_it()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        await tv.ApproveAsync(browser);
        var tokens = await tv.PollAsync();
        Assert.Null(tokens.Error);
        Assert.Equal((HttpStatusCode.OK, null), await OutcomeAsync(RevokeAsync(host, tv.DeviceCode)));
        Assert.Equal("invalid_grant", (await tv.RefreshAsync(tokens["refresh_token"]!)).Error);
    }

    [Fact]
    public async Task Another_client_cannot()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        foreach (var other in new[] { "device2", "spa", "trusted" })
            await RevokeAsync(host, tv.DeviceCode, other);
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
        await tv.ApproveAsync(browser);
        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(HttpStatusCode.OK, (await tv.PollAsync()).Status);
    }

    private static async Task<(HttpStatusCode Status, string? Error)> OutcomeAsync(Task<Answer> answer) => ((await answer).Status, (await answer).Error);
}
