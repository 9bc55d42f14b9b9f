using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Registration;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Registration;

public sealed class ProvingAddresses
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Who_registered_and_signs_in_unproven_has_to_prove_first_and_then_goes_on()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(clock));
        await RegisterAsync(host);
        using var browser = new Browser(host);
        var page = await SignInAsync(browser, host);
        Assert.Equal("/verify", page.Url.AbsolutePath);
        Assert.Contains("new@example.test", page.Text, StringComparison.Ordinal);
        await browser.SubmitAsync("Send the mail");
        var mail = await host.MailAsync("new@example.test");
        page = await browser.SubmitAsync("Confirm", ("code", mail.Code()));
        Assert.StartsWith(TestDocument.Callback, page.Url.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_allows_no_page_learns_that_something_is_to_do()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(clock));
        await RegisterAsync(host);
        using var browser = new Browser(host);
        await SignInAsync(browser, host);
        var page = await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl("openid", ("prompt", "none")));
        Assert.Equal("interaction_required", page.Query("error"));
    }

    [Fact]
    public async Task Unproven_accounts_go_on_where_that_is_allowed()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(clock, ("Registration:ProofDemandedOf", "Nobody")));
        await RegisterAsync(host);
        using var browser = new Browser(host);
        Assert.StartsWith(TestDocument.Callback, (await SignInAsync(browser, host)).Url.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everybody_proves_where_that_is_demanded()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(clock, ("Registration:ProofDemandedOf", "Everybody"), ("Registration:Mode", "Off")));
        using var browser = new Browser(host);
        Assert.Equal("/verify", (await SignInAsync(browser, host, "grace", TestDocument.Password)).Url.AbsolutePath);
    }

    [Fact]
    public async Task Another_mail_comes_after_a_minute_and_both_last_ones_are_good()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(clock));
        using var browser = new Browser(host);
        await RegisterAsync(host, browser);
        Assert.Contains("another mail sent in", (await browser.SubmitAsync("Send another mail")).Text, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("Another mail is on its way", (await browser.SubmitAsync("Send another mail")).Text, StringComparison.Ordinal);
        var mails = await host.MailsAsync("new@example.test");
        Assert.Equal(2, mails.Count);
        Assert.StartsWith(TestDocument.Callback, (await browser.SubmitAsync("Confirm", ("code", mails[1].Code()))).Url.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistyped_address_is_replaced_before_it_is_proven()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(clock));
        await RegisterAsync(host);
        using var browser = new Browser(host);
        await SignInAsync(browser, host);
        Assert.Contains("like name@example.com", (await browser.SubmitAsync("Use this address", ("email", "nonsense"))).Text, StringComparison.Ordinal);

        // Somebody else's address looks the same, and nothing comes of it.
        Assert.Contains("ada@example.test", (await browser.SubmitAsync("Use this address", ("email", "ada@example.test"))).Text, StringComparison.Ordinal);
        Assert.Empty(await host.MailsAsync("ada@example.test"));
        await browser.SubmitAsync("Use this address", ("email", "right@example.test"));
        Assert.NotNull(await host.UserAsync("new@example.test"));
        var page = await browser.SubmitAsync("Confirm", ("code", (await host.MailAsync("right@example.test")).Code()));
        Assert.StartsWith(TestDocument.Callback, page.Url.ToString(), StringComparison.Ordinal);
        Assert.True((await host.UserAsync("right@example.test"))!.EmailConfirmed);
        Assert.Null(await host.UserAsync("new@example.test"));
    }

    [Fact]
    public async Task Links_and_accounts_that_nobody_proves_end()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(clock));
        using var browser = new Browser(host);
        await RegisterAsync(host, browser);
        var mail = await host.MailAsync("new@example.test");
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("too old", (await browser.OpenAsync(mail.Link())).Text, StringComparison.Ordinal);
        Assert.NotNull(await host.UserAsync("new@example.test"));
        clock.Advance(TimeSpan.FromDays(7));
        await host.Services.GetServices<IHostedService>().OfType<PruningJob>().Single().RunOnceAsync(CancellationToken.None);
        Assert.Null(await host.UserAsync("new@example.test"));
    }

    [Theory]
    [MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Of_sixteen_parallel_registrations_and_proofs_one_account_comes(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(null, ("RateLimits:MailsPerRecipient:Permits", "100")) with { Database = database.Options });
        var browsers = Enumerable.Range(0, 16).Select(_ => new Browser(host)).ToList();
        await Task.WhenAll(browsers.Select(b => b.OpenFormAsync(host)));
        var pages = await Task.WhenAll(browsers.Select((b, i) => Task.Run(() => b.RegisterAsync("race@example.test", $"Person {i}"))));
        Assert.All(pages, page => Assert.Equal("/verify", page.Url.AbsolutePath));

        var found = await host.InStoreAsync(db => db.Set<OneTimeCode>().AsNoTracking().ToListAsync());
        Assert.Equal(16, found.Count);
        var proven = await Task.WhenAll((await host.MailsAsync("race@example.test")).Select(mail => Task.Run(async () =>
        {
            await using var scope = host.Services.CreateAsyncScope();
            var token = System.Web.HttpUtility.ParseQueryString(new Uri(host.Issuer, mail.Link()).Query)["token"];
            var code = await scope.ServiceProvider.GetRequiredService<CodeStore>().FindByLinkAsync(EmailProofs.Purpose, token, null, default);
            return await scope.ServiceProvider.GetRequiredService<EmailProofs>().CompleteAsync(new DefaultHttpContext(), code!, default);
        })));
        Assert.Single(proven, user => user is not null);
        Assert.Equal(1, await host.InStoreAsync(db => db.Set<User>().CountAsync(u => u.NormalizedEmail == UserNames.Normalize("race@example.test"))));
        foreach (var browser in browsers)
            browser.Dispose();
    }

    [Theory]
    [InlineData("ada@B\u00DCCHER.example", "ada@xn--bcher-kva.example")]
    [InlineData("\uFF21da@Example.test", "ada@example.test")]
    [InlineData("Ada", "ADA")]
    public void Spellings_of_one_address_are_one(string one, string other) => Assert.Equal(UserNames.Normalize(one), UserNames.Normalize(other));

    private static async Task RegisterAsync(IdpHost host, Browser? browser = null)
    {
        using var own = browser is null ? new Browser(host) : null;
        await (browser ?? own!).OpenFormAsync(host);
        await (browser ?? own!).RegisterAsync("new@example.test");
    }

    private static async Task<BrowserPage> SignInAsync(Browser browser, IdpHost host, string username = "new@example.test", string password = RegistrationBench.Password)
    {
        await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        return await browser.SubmitAsync("Sign in", ("username", username), ("password", password));
    }
}
