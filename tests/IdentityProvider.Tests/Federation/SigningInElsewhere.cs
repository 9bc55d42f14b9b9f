using System.Net;
using IdentityProvider.Federation;
using IdentityProvider.Tests.Testing;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Federation;

public sealed class SigningInElsewhere(FederationBench bench) : IClassFixture<FederationBench>
{
    [Fact]
    public async Task Who_is_new_gets_an_account_and_finds_it_again()
    {
        using var browser = new Browser(bench.Host);
        var client = new RelyingParty(bench.Host, "trusted");
        var page = await bench.SignInAsync(browser, client, "nina");
        Assert.Equal((TestDocument.Callback, client.State), (page.Url.GetLeftPart(UriPartial.Path), page.Query("state")));
        var token = RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!);
        Assert.Equal("fed", token.GetProperty("amr")[0].GetString());

        var user = await UserAsync("nina@example.test");
        Assert.Equal((user!.Id.ToString(), true, "nina elsewhere", null), (token.GetProperty("sub").GetString(), user.EmailConfirmed, user.Name, user.PasswordHash));

        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        using var again = new Browser(bench.Host);
        page = await bench.SignInAsync(again, client, "nina");
        Assert.Equal(user.Id.ToString(), RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!).GetProperty("sub").GetString());
        var login = await bench.Host.InStoreAsync(db => db.Set<ExternalLogin>().SingleAsync(l => l.UserId == user.Id));
        Assert.True(login.LastUsedAt > login.CreatedAt);
    }

    [Fact]
    public async Task Where_nobody_new_is_taken_the_sign_in_page_says_so()
    {
        using var browser = new Browser(bench.Host);
        var page = await bench.SignInAsync(browser, new RelyingParty(bench.Host, "trusted"), "guest", "closed");
        Assert.Equal("/login", page.Url.AbsolutePath);
        Assert.Contains("No account here belongs to your account at Closed.", page.Text, StringComparison.Ordinal);
        Assert.Null(await UserAsync("guest@example.test"));
        Assert.NotEmpty((await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password))).Query("code"));
    }

    [Fact]
    public async Task An_address_that_was_not_proven_there_is_not_taken_over()
    {
        using var browser = new Browser(bench.Host);
        var client = new RelyingParty(bench.Host, "trusted");
        var page = await bench.SignInAsync(browser, client, "grace");
        var subject = Guid.Parse(RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!).GetProperty("sub").GetString()!);
        var user = await bench.Host.InStoreAsync(db => db.Set<User>().SingleAsync(u => u.Id == subject));
        Assert.Equal((null, false, null), (user.Email, user.EmailConfirmed, user.RegisteredAt));
        Assert.NotEqual(subject, (await UserAsync("grace@example.test"))!.Id);
    }

    [Fact]
    public async Task Another_browser_a_second_time_and_an_answer_without_state_open_nothing()
    {
        using var browser = new Browser(bench.Host);
        var client = new RelyingParty(bench.Host, "trusted");
        var answer = await bench.AnswerAsync(browser, await browser.OpenAsync(client.AuthorizeUrl()), "late");
        var cookies = browser.Cookies.GetCookieHeader(bench.Host.Issuer);

        using var stranger = new Browser(bench.Host);
        Assert.Equal((HttpStatusCode.BadRequest, "Start again from the application"), ((await stranger.OpenAsync(answer.ToString())).Status, stranger.Page.Heading));
        var stateless = $"/federation/corp/callback?code={System.Web.HttpUtility.ParseQueryString(answer.Query)["code"]}";
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.OpenAsync(stateless)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.OpenAsync(answer.PathAndQuery.Replace("/corp/", "/closed/", StringComparison.Ordinal))).Status);

        Assert.NotEmpty((await browser.OpenAsync(answer.ToString())).Query("code"));
        using var replay = new HttpRequestMessage(HttpMethod.Get, answer);
        replay.Headers.Add("Cookie", cookies);
        using var refused = await bench.Host.Http.SendAsync(replay);
        Assert.StartsWith("/login?ticket=", refused.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(refused.Headers.GetValues("Set-Cookie"), c => c.StartsWith("session=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_that_took_too_long_is_refused()
    {
        using var browser = new Browser(bench.Host);
        var answer = await bench.AnswerAsync(browser, await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl()), "late");
        bench.Clock.Advance(ProviderOptions.TimeToSignIn);
        var page = await browser.OpenAsync(answer.ToString());
        Assert.Equal("/login", page.Url.AbsolutePath);
        Assert.Empty(await bench.Host.InStoreAsync(db => db.Set<User>().Where(u => u.Email == "late@example.test" && u.CreatedAt >= bench.Clock.GetUtcNow()).ToListAsync()));
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_told_on_the_sign_in_page_and_the_rest_goes_on()
    {
        using var browser = new Browser(bench.Host);
        var page = await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl());
        page = await browser.OpenAsync($"/federation/dead/start?ticket={page.Query("ticket")}");
        Assert.Contains("Dead cannot be reached right now.", page.Text, StringComparison.Ordinal);
        Assert.NotEmpty((await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password))).Query("code"));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.OpenAsync("/federation/dead/start?ticket=gone")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.OpenAsync("/federation/nobody/callback?state=x")).Status);
    }

    [Fact]
    public async Task A_provider_comes_and_goes_while_the_server_runs()
    {
        using var browser = new Browser(bench.Host);
        var client = new RelyingParty(bench.Host, "trusted");
        await bench.Host.InStoreAsync(async db =>
        {
            db.Add(new UpstreamProvider { Name = "fresh", Kind = ProviderKinds.OpenIdConnect, DisplayName = "Fresh", Issuer = "http://127.0.0.1:1", ClientId = "us", Scope = "openid", Version = Guid.CreateVersion7() });
            return await db.SaveChangesAsync();
        });
        await bench.Catalog.LoadAsync(default);
        var page = await browser.OpenAsync(client.AuthorizeUrl());
        Assert.Contains("Sign in with Fresh", page.Text, StringComparison.Ordinal);

        await bench.Host.InStoreAsync(db => db.Set<UpstreamProvider>().Where(p => p.Name == "fresh").ExecuteUpdateAsync(set => set.SetProperty(p => p.DisabledAt, bench.Clock.GetUtcNow()).SetProperty(p => p.Version, Guid.CreateVersion7())));
        await bench.Catalog.LoadAsync(default);
        page = await browser.OpenAsync($"/federation/fresh/start?ticket={page.Query("ticket")}");
        Assert.Contains("Signing in with Fresh is switched off.", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign in with Fresh", page.Text, StringComparison.Ordinal);

        await bench.Host.InStoreAsync(db => db.Set<UpstreamProvider>().Where(p => p.Name == "fresh").ExecuteDeleteAsync());
        await bench.Catalog.LoadAsync(default);
        Assert.Null(bench.Catalog.Find("fresh"));
    }

    private Task<User?> UserAsync(string email) => bench.Host.InStoreAsync(db => db.Set<User>().SingleOrDefaultAsync(u => u.Email == email));
}
