using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Registration;

public sealed class ChangingEmail
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_new_address_counts_once_it_is_proven_and_the_old_one_is_told()
    {
        await using var host = await StartAsync();
        using var browser = new Browser(host);
        await AskAsync(browser, "new@example.test");
        Assert.NotNull(await host.UserAsync("ada@example.test"));
        var page = await browser.SubmitAsync("Confirm", ("code", (await host.MailAsync("new@example.test")).Code()));
        Assert.Equal("/account", page.Url.AbsolutePath);
        Assert.True((await host.UserAsync("new@example.test"))!.EmailConfirmed);
        var told = await host.MailAsync("ada@example.test");
        Assert.Equal("Your e-mail address at IdentityProvider was changed", told.Subject);
        Assert.Contains("It now has n…@example.test", told.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_opens_to_a_fresh_sign_in_only()
    {
        await using var host = await StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("/login", (await browser.OpenAsync("/account/email")).Url.AbsolutePath);
    }

    [Fact]
    public async Task The_way_back_works_for_a_week_once_and_signs_everybody_out()
    {
        await using var host = await StartAsync();
        using var thief = new Browser(host);
        await ChangeAsync(thief, host, "thief@example.test");
        var link = (await host.MailAsync("ada@example.test")).Link();
        clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1));
        using (var again = new Browser(host))
            await again.OpenAccountAsync();

        using var owner = new Browser(host);
        await owner.OpenAsync(link);
        Assert.Contains("ada@example.test", owner.Page.Text, StringComparison.Ordinal);
        Assert.NotNull(await host.UserAsync("thief@example.test"));
        Assert.Equal("Your old address is back", (await owner.SubmitAsync("Undo the change")).Heading);
        Assert.NotNull(await host.UserAsync("ada@example.test"));
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<Session>().CountAsync()));
        Assert.Contains("used or is too old", (await owner.OpenAsync(link)).Heading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_week_the_change_stands()
    {
        await using var host = await StartAsync();
        using var browser = new Browser(host);
        await ChangeAsync(browser, host, "new@example.test");
        var link = (await host.MailAsync("ada@example.test")).Link();
        clock.Advance(TimeSpan.FromDays(7));
        Assert.Contains("used or is too old", (await browser.OpenAsync(link)).Heading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_often_a_thief_changes_it_the_first_owner_has_the_last_word()
    {
        await using var host = await StartAsync();
        using var thief = new Browser(host);
        foreach (var address in new[] { "b@example.test", "c@example.test", "d@example.test", "e@example.test" })
        {
            await ChangeAsync(thief, host, address);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        // The thief takes the last step back; that must not cost the owner theirs.
        using var owner = new Browser(host);
        await owner.OpenAsync((await host.MailAsync("d@example.test")).Link());
        await owner.SubmitAsync("Undo the change");
        await owner.OpenAsync((await host.MailAsync("ada@example.test")).Link());
        await owner.SubmitAsync("Undo the change");
        Assert.NotNull(await host.UserAsync("ada@example.test"));
        Assert.Contains("used or is too old", (await owner.OpenAsync((await host.MailAsync("b@example.test")).Link())).Heading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_of_somebody_else_looks_the_same_and_nothing_comes_of_it()
    {
        await using var host = await StartAsync();
        var texts = new List<string>();
        foreach (var address in new[] { "free@example.test", "otp@example.test" })
        {
            using var browser = new Browser(host);
            texts.Add((await AskAsync(browser, address)).Text.Replace(address, "X", StringComparison.Ordinal));
        }

        Assert.Equal(texts[0], texts[1]);
        Assert.Empty(await host.MailsAsync("otp@example.test"));
    }

    [Theory]
    [MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Of_sixteen_parallel_undos_one_counts(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        using var thief = new Browser(host);
        await ChangeAsync(thief, host, "thief@example.test");
        var link = (await host.MailAsync("ada@example.test")).Link();
        var browsers = Enumerable.Range(0, 16).Select(_ => new Browser(host)).ToList();
        await Task.WhenAll(browsers.Select(b => b.OpenAsync(link)));
        var pages = await Task.WhenAll(browsers.Select(b => Task.Run(() => b.SubmitAsync("Undo the change"))));
        Assert.Single(pages, page => page.Heading == "Your old address is back");
        foreach (var browser in browsers)
            browser.Dispose();
    }

    private Task<IdpHost> StartAsync() => IdpHost.StartAsync(new IdpSetup { Clock = clock });

    private static async Task<BrowserPage> AskAsync(Browser browser, string address)
    {
        await browser.OpenAccountAsync("/account/email");
        return await browser.SubmitAsync("Send the mail", ("email", address));
    }

    private static async Task ChangeAsync(Browser browser, IdpHost host, string address)
    {
        await AskAsync(browser, address);
        await browser.SubmitAsync("Confirm", ("code", (await host.MailAsync(address)).Code()));
        Assert.NotNull(await host.UserAsync(address));
    }
}
