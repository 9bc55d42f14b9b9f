using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

/// <summary>A refresh token that comes again after its grace: the person is told, once.</summary>
public sealed class TellingOfReuse
{
    private const string Scope = "openid offline_access notes:read", Subject = "Trusted was signed out of your";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    private static async Task<int> MailsAsync(IdpHost host) =>
        (await host.MailsAsync("ada@example.test")).Count(mail => mail.Subject!.StartsWith(Subject, StringComparison.Ordinal));

    [Theory, MemberData(nameof(Providers))]
    public async Task Sixteen_replays_on_two_nodes_are_one_mail_for_each_family(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider, clock: clock);
        using var browser = new Browser(nodes.First);
        var client = new RelyingParty(nodes.First, "trusted");
        var (one, other) = (await client.TokensAsync(browser, Scope), await client.TokensAsync(browser, Scope));
        var next = await client.RefreshAsync(one["refresh_token"]!);
        clock.Advance(TimeSpan.FromSeconds(11));
        var answers = await nodes.RaceAsync(node => new RelyingParty(node, "trusted").RefreshAsync(one["refresh_token"]!));
        Assert.All(answers, answer => Assert.Equal("invalid_grant", answer.Error));
        Assert.Equal("invalid_grant", (await client.RefreshAsync(next["refresh_token"]!)).Error);
        Assert.Equal(1, await MailsAsync(nodes.First) + await MailsAsync(nodes.Second));

        // The other family lives, and has a mail of its own when its time comes.
        var renewed = await client.RefreshAsync(other["refresh_token"]!);
        Assert.Null(renewed.Error);
        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("invalid_grant", (await client.RefreshAsync(other["refresh_token"]!)).Error);
        Assert.Equal(2, await MailsAsync(nodes.First) + await MailsAsync(nodes.Second));
    }

    [Fact]
    public async Task The_mail_says_which_app_when_and_from_where()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var tokens = await client.TokensAsync(browser, Scope);
        await client.RefreshAsync(tokens["refresh_token"]!);
        clock.Advance(TimeSpan.FromSeconds(11));
        await client.RefreshAsync(tokens["refresh_token"]!);
        var mail = await host.MailAsync("ada@example.test");
        Assert.StartsWith(Subject, mail.Subject, StringComparison.Ordinal);
        Assert.Contains("An old key of Trusted", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("From: 127.0.0.1", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("1 January 2030, 12:00 UTC", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains(host["/account"].AbsoluteUri, mail.TextBody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("within the grace")]
    [InlineData("revoked")]
    [InlineData("introspected")]
    [InlineData("code")]
    [InlineData("address not proven")]
    public async Task What_is_no_theft_of_a_refresh_token_is_no_mail(string what)
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var code = (await client.SignInAsync(browser, Scope)).Query("code");
        var token = (await client.RedeemAsync(code))["refresh_token"]!;
        await client.RefreshAsync(token);
        if (what != "within the grace")
            clock.Advance(TimeSpan.FromSeconds(11));
        if (what == "address not proven")
            await host.InStoreAsync(db => db.Set<User>().ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, false)));
        await (what switch
        {
            "revoked" => client.PostAsync("/connect/revoke", ("token", token)),
            "introspected" => client.PostAsync("/connect/introspect", ("token", token)),
            "code" => client.RedeemAsync(code),
            _ => client.RefreshAsync(token),
        });
        Assert.Equal(0, await MailsAsync(host));
        Assert.Equal(what == "within the grace", await host.InStoreAsync(db => db.Set<Grant>().AllAsync(g => g.Status == "valid")));
    }
}
