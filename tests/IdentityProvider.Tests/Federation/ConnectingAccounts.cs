using IdentityProvider.Federation;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityProvider.Tests.Federation;

public sealed class ConnectingAccounts(FederationBench bench) : IClassFixture<FederationBench>
{
    [Fact]
    public async Task An_account_with_the_address_is_connected_when_its_owner_has_signed_in_to_it()
    {
        using var browser = new Browser(bench.Host);
        var client = new RelyingParty(bench.Host, "trusted");
        var page = await bench.SignInAsync(browser, client, "ada");
        Assert.Equal("You have an account here", page.Heading);
        Assert.Equal(0, await LoginsAsync("ada"));

        var ticket = page.Query("ticket");
        await browser.OpenAsync($"/login?ticket={ticket}&switch=true");
        page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.Equal("Connect Corp?", page.Heading);
        Assert.Equal(0, await LoginsAsync("ada"));
        Assert.NotEmpty((await browser.SubmitAsync("Connect")).Query("code"));
        Assert.Equal(1, await LoginsAsync("ada"));
        Assert.Contains("Corp now opens your", (await bench.Host.MailAsync("ada@example.test")).Subject, StringComparison.Ordinal);

        using var later = new Browser(bench.Host);
        page = await bench.SignInAsync(later, client, "ada");
        Assert.NotEmpty(page.Query("code"));
        Assert.Equal(1, await bench.Host.InStoreAsync(db => db.Set<User>().CountAsync(u => u.Email == "ada@example.test")));
    }

    [Fact]
    public async Task A_session_of_before_proves_nothing_and_nobody_connects_without_a_proof()
    {
        using var browser = new Browser(bench.Host);
        var client = new RelyingParty(bench.Host, "trusted");
        await browser.OpenAccountAsync("/account", "otp");
        await browser.SubmitAsync("Continue", ("code", TotpNow()));
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        var page = await bench.SignInAsync(browser, client, "otp", "corp", ("prompt", "login"));
        Assert.Equal("You have an account here", page.Heading);
        var form = page.Document.QuerySelector("form")!;
        var token = form.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await browser.PostAsync(new Uri(page.Url, $"/federation/link?ticket={page.Query("ticket")}"), [new("__RequestVerificationToken", token)]);
        Assert.Equal(0, await LoginsAsync("otp"));
    }

    [Fact]
    public async Task Whoever_does_not_want_it_goes_on_without()
    {
        using var browser = new Browser(bench.Host);
        var page = await bench.SignInAsync(browser, new RelyingParty(bench.Host, "trusted"), "otp");
        Assert.Equal("/login", (await browser.SubmitAsync("Do not connect")).Url.AbsolutePath);
        Assert.Equal(0, await LoginsAsync("otp"));
        await browser.OpenAsync($"/federation/link?ticket={page.Query("ticket")}");
        Assert.Equal("/login", browser.Page.Url.AbsolutePath);
    }

    [Fact]
    public async Task The_second_factor_here_is_asked_for_after_the_sign_in_there()
    {
        var user = await bench.Host.InStoreAsync(db => db.Set<User>().SingleAsync(u => u.UserName == "otp"));
        await bench.Host.InStoreAsync(async db =>
        {
            var upstream = await bench.Upstream.InStoreAsync(store => store.Set<User>().SingleAsync(u => u.UserName == "otp"));
            db.Add(new ExternalLogin { UserId = user.Id, ProviderId = (await db.Set<UpstreamProvider>().SingleAsync(p => p.Name == "closed")).Id, Issuer = Issuer, Subject = upstream.Id.ToString(), CreatedAt = bench.Clock.GetUtcNow() });
            return await db.SaveChangesAsync();
        });
        using var browser = new Browser(bench.Host);
        Assert.Equal("/mfa", (await bench.SignInAsync(browser, new RelyingParty(bench.Host, "trusted"), "otp", "closed")).Url.AbsolutePath);
        Assert.Null(await bench.Host.InStoreAsync(db => db.Set<Session>().Where(s => s.UserId == user.Id).OrderByDescending(s => s.CreatedAt).Select(s => s.CompletedAt).FirstAsync()));
    }

    [Fact]
    public async Task An_account_that_a_stranger_made_with_the_address_makes_room_for_its_owner()
    {
        var stranger = new User { Email = "squatted@example.test", NormalizedEmail = UserNames.Normalize("squatted@example.test"), PasswordHash = "known to the stranger", RegisteredAt = bench.Clock.GetUtcNow(), Name = "Stranger" };
        await bench.Host.InStoreAsync(async db =>
        {
            db.Add(stranger);
            return await db.SaveChangesAsync();
        });
        using var browser = new Browser(bench.Host);
        Assert.NotEmpty((await bench.SignInAsync(browser, new RelyingParty(bench.Host, "trusted"), "squatted")).Query("code"));
        var owner = await bench.Host.InStoreAsync(db => db.Set<User>().SingleAsync(u => u.Email == "squatted@example.test"));
        Assert.NotEqual(stranger.Id, owner.Id);
        Assert.Equal((null, true), (owner.PasswordHash, owner.EmailConfirmed));
    }

    [Fact]
    public async Task Of_16_at_once_one_makes_the_account()
    {
        var provider = bench.Catalog.Find("corp")!;
        var who = new UpstreamIdentity(Issuer, "a-new-subject") { Email = "many@example.test" };
        var opened = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => OpenAsync(provider, who)));
        Assert.Single(opened.Select(o => ((Opened.Account)o).User.Id).Distinct());
    }

    [Fact]
    public async Task A_new_subject_with_the_address_of_old_and_the_subject_of_another_issuer_open_nothing()
    {
        var provider = bench.Catalog.Find("corp")!;
        var first = new UpstreamIdentity(Issuer, "first-owner") { Email = "recycled@example.test" };
        var account = Assert.IsType<Opened.Account>(await OpenAsync(provider, first));
        var next = await OpenAsync(provider, first with { Subject = "next-owner" });
        Assert.Equal(account.User.Id, Assert.IsType<Opened.Taken>(next).UserId);
        Assert.IsType<Opened.Taken>(await OpenAsync(provider, first with { Issuer = "https://elsewhere.test" }));
        var moved = await OpenAsync(provider, first with { Email = "moved@example.test" });
        Assert.Equal((account.User.Id, "recycled@example.test"), (Assert.IsType<Opened.Account>(moved).User.Id, ((Opened.Account)moved).User.Email));

        await bench.Host.InStoreAsync(db => db.Set<User>().Where(u => u.Id == account.User.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, bench.Clock.GetUtcNow())));
        Assert.Equal(Refusal.Disabled, Assert.IsType<Opened.Nothing>(await OpenAsync(provider, first)).Refusal);
        Assert.Equal(Refusal.Disabled, Assert.IsType<Opened.Nothing>(await OpenAsync(provider, first with { Subject = "next-owner" })).Refusal);
    }

    [Fact]
    public async Task An_address_that_only_looks_like_the_one_of_an_account_makes_none_and_opens_none()
    {
        var provider = bench.Catalog.Find("corp")!;
        Assert.IsType<Opened.Account>(await OpenAsync(provider, new UpstreamIdentity(Issuer, "scope") { Email = "scope@example.test" }));
        Assert.IsType<Opened.Nothing>(await OpenAsync(provider, new UpstreamIdentity(Issuer, "stranger") { Email = "\u0455\u0441\u043E\u0440\u0435@example.test" }));
    }

    [Theory]
    [InlineData("pwd", true)]
    [InlineData("swk", true)]
    [InlineData("mca", false)]
    public void A_mailed_code_proves_the_address_and_not_the_account(string method, bool proves)
    {
        var now = bench.Clock.GetUtcNow();
        var link = new PendingLink { HandleHash = "", Issuer = "", Subject = "", Email = "", UserId = Guid.CreateVersion7(), CreatedAt = now };
        var session = new Session { HandleHash = "", UserId = link.UserId, AuthenticatedAt = now, CompletedAt = now, Factors = [new Factor { Method = method, At = now }] };
        Assert.Equal(proves, Links.IsProven(link, session));
    }

    private string Issuer => bench.Upstream.Issuer.ToString().TrimEnd('/');

    private async Task<Opened> OpenAsync(KnownProvider provider, UpstreamIdentity who)
    {
        await using var scope = bench.Host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Accounts>().OpenAsync(provider, who, default);
    }

    private string TotpNow() => new OtpNet.Totp(OtpNet.Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(bench.Clock.GetUtcNow().UtcDateTime);

    private Task<int> LoginsAsync(string username) => bench.Host.InStoreAsync(db => db.Set<ExternalLogin>().Join(db.Set<User>().Where(u => u.UserName == username), l => l.UserId, u => u.Id, (l, _) => l)
        .CountAsync(l => db.Set<UpstreamProvider>().Any(p => p.Id == l.ProviderId && p.Name == "corp")));
}
