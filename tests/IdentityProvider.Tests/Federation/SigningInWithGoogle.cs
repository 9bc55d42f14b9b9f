using IdentityProvider.Federation;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Authentication.Google;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Federation;

public sealed class SigningInWithGoogle(PeerBench bench) : IClassFixture<PeerBench>
{
    [Fact]
    public async Task Name_picture_and_proven_address_come_along()
    {
        bench.Peer.Person = new() { ["sub"] = "g1", ["email"] = "grete@gmail.test", ["email_verified"] = true, ["name"] = "Grete", ["given_name"] = "G", ["picture"] = "https://pictures.test/g1", ["locale"] = "de" };
        var page = await SignInAsync("google");
        Assert.NotEmpty(page.Query("code"));
        var user = (await UserAsync("g1"))!;
        Assert.Equal(("grete@gmail.test", true, "Grete", "G", "https://pictures.test/g1", "de"), (user.Email, user.EmailConfirmed, user.Name, user.GivenName, user.Picture, user.Locale));
    }

    [Theory]
    [InlineData("v1", true, true)]
    [InlineData("v2", "true", true)]
    [InlineData("v3", false, false)]
    [InlineData("v4", "yes", false)]
    [InlineData("v5", null, false)]
    public async Task An_address_counts_when_it_is_proven(string subject, object? verified, bool counts)
    {
        bench.Peer.Person = new() { ["sub"] = subject, ["email"] = $"{subject}@gmail.test" };
        if (verified is not null)
            bench.Peer.Person["email_verified"] = verified;
        await SignInAsync("google");
        var user = (await UserAsync(subject))!;
        Assert.Equal(counts ? $"{subject}@gmail.test" : null, user.Email);
        Assert.Equal(counts, user.EmailConfirmed);
    }

    [Theory]
    [InlineData("w1", "corp.test", true)]
    [InlineData("w2", "other.test", false)]
    [InlineData("w3", null, false)]
    public async Task A_workspace_lets_its_own_people_in(string subject, string? workspace, bool enters)
    {
        bench.Peer.Person = new() { ["sub"] = subject, ["email"] = $"{subject}@corp.test", ["email_verified"] = true };
        if (workspace is not null)
            bench.Peer.Person["hd"] = workspace;
        var page = await SignInAsync("work");
        if (enters)
            Assert.NotEmpty(page.Query("code"));
        else
            Assert.Contains("This account at Work may not sign in here.", page.Text, StringComparison.Ordinal);
        Assert.Equal(enters, await UserAsync(subject) is not null);
    }

    [Fact]
    public async Task A_plain_provider_says_who_it_is_in_its_own_words()
    {
        bench.Peer.Person = new() { ["id"] = 4711, ["email"] = "hub@hub.test", ["verified"] = true, ["profile"] = new { full_name = "Hu Bert" }, ["sub"] = "not-this" };
        Assert.NotEmpty((await SignInAsync("hub")).Query("code"));
        Assert.Contains("4711", await bench.Host.InStoreAsync(db => db.Set<ExternalLogin>().Select(l => l.Subject).ToListAsync()));
        var user = (await UserAsync("4711"))!;
        Assert.Equal(("hub@hub.test", "Hu Bert"), (user.Email, user.Name));
        Assert.NotEmpty((await SignInAsync("hub")).Query("code"));
    }

    [Fact]
    public async Task Google_is_asked_to_let_people_choose_and_shown_the_one_domain()
    {
        using var browser = new Browser(bench.Host);
        var away = await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", ("prompt", "login"), ("login_hint", "grete@corp.test")));
        Assert.Equal(("select_account", "corp.test", "grete@corp.test", "S256"), (away.Query("prompt"), away.Query("hd"), away.Query("login_hint"), away.Query("code_challenge_method")));
        Assert.Equal($"{bench.Host.Issuer}federation/work/callback", away.Query("redirect_uri"));
    }

    [Fact]
    public async Task Its_button_bears_its_sign_and_others_a_letter_unless_the_theme_has_one()
    {
        using var browser = new Browser(bench.Host);
        var page = await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl());
        var icon = page.Document.QuerySelector("a[href*='/federation/google/start'] img")!;
        Assert.Equal("", icon.GetAttribute("alt"));
        using var image = await bench.Host.Http.GetAsync(icon.GetAttribute("src"));
        Assert.Equal("image/svg+xml", image.Content.Headers.ContentType!.MediaType);
        var letter = page.Document.QuerySelector("a[href*='/federation/peer/start'] .tile")!;
        Assert.Equal(("P", "true"), (letter.TextContent, letter.GetAttribute("aria-hidden")));
    }

    [Fact]
    public void Nobody_stands_in_for_Google_outside_Development()
    {
        var row = bench.Catalog.Find("google")!.Row;
        Assert.Equal(GoogleDefaults.TokenEndpoint, OAuthSetup.Google(row, mayOverride: false).TokenEndpoint);
        Assert.NotEqual(GoogleDefaults.TokenEndpoint, OAuthSetup.Google(row, mayOverride: true).TokenEndpoint);
    }

    private async Task<BrowserPage> SignInAsync(string provider)
    {
        using var browser = new Browser(bench.Host);
        return await browser.OpenAsync((await bench.AnswerAsync(browser, provider)).ToString());
    }

    private Task<User?> UserAsync(string subject) => bench.Host.InStoreAsync(db => db.Set<ExternalLogin>().Where(l => l.Subject == subject).Join(db.Set<User>(), l => l.UserId, u => u.Id, (_, u) => u).SingleOrDefaultAsync());
}
