using System.Net;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Registration;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Registration;

public sealed class Registering
{
    [Fact]
    public async Task A_person_registers_proves_the_address_by_code_and_reaches_the_client()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup());
        using var browser = new Browser(host);
        Assert.Equal("/register", (await browser.OpenFormAsync(host)).Url.AbsolutePath);
        var page = await browser.RegisterAsync("New.Person@Example.test");
        Assert.Equal("/verify", page.Url.AbsolutePath);
        Assert.Contains("New.Person@Example.test", page.Text, StringComparison.Ordinal);

        var user = await host.UserAsync("new.person@example.test");
        Assert.Equal(("New.Person@Example.test", "New Person", false), (user!.Email, user.Name, user.EmailConfirmed));
        var code = (await host.MailAsync("New.Person@Example.test")).Code();
        Assert.Contains("is not right", (await browser.SubmitAsync("Confirm", ("code", code == "00000000" ? "00000001" : "00000000"))).Text, StringComparison.Ordinal);
        page = await browser.SubmitAsync("Confirm", ("code", code));
        Assert.StartsWith(TestDocument.Callback, page.Url.ToString(), StringComparison.Ordinal);
        Assert.NotEmpty(page.Query("code"));
        Assert.True((await host.UserAsync("new.person@example.test"))!.EmailConfirmed);
    }

    [Fact]
    public async Task The_link_shows_a_button_and_works_once_and_alone_only_in_the_browser_that_began()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup());
        using var browser = new Browser(host);
        await browser.OpenFormAsync(host);
        await browser.RegisterAsync("new@example.test");
        var link = (await host.MailAsync("new@example.test")).Link();

        // A mail scanner follows it, and a second person opens it and even posts.
        using var other = new Browser(host);
        for (var i = 0; i < 2; i++)
            Assert.Contains("You began in another browser", (await other.OpenAsync(link)).Text, StringComparison.Ordinal);
        await browser.OpenAsync(link);
        var foreign = await other.PostAsync(new Uri(host.Issuer, link), FormOf(other.Page).Concat(FormOf(browser.Page)));
        Assert.False((await host.UserAsync("new@example.test"))!.EmailConfirmed);
        Assert.NotEqual(HttpStatusCode.InternalServerError, foreign.Status);

        await browser.OpenAsync(link);
        var page = await browser.SubmitAsync("Confirm");
        Assert.StartsWith(TestDocument.Callback, page.Url.ToString(), StringComparison.Ordinal);
        Assert.Contains("This link was used", (await browser.OpenAsync(link)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada@example.test")]
    [InlineData("ADA@Example.TEST")]
    [InlineData("\uFF41\uFF44\uFF41@example.test")]
    public async Task A_known_address_gets_the_same_answer_and_its_owner_a_mail(string known)
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup());
        var before = (await host.UserAsync("ada@example.test"))!.PasswordHash;
        var answers = new List<(HttpStatusCode, string, string)>();
        foreach (var email in new[] { "unknown@example.test", known })
        {
            using var browser = new Browser(host);
            await browser.OpenFormAsync(host);
            var page = await browser.RegisterAsync(email);
            var headers = string.Join('\n', page.Response.Headers.Where(h => h.Key != "Date").Select(h => $"{h.Key}: {string.Join(',', h.Value)}"));
            answers.Add((page.Status, page.Text.Replace(email, "X", StringComparison.Ordinal), headers));
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.Equal("You have an account at IdentityProvider", (await host.MailAsync("ada@example.test")).Subject);
        Assert.Equal(before, (await host.UserAsync("ada@example.test"))!.PasswordHash);
    }

    [Fact]
    public async Task Who_proves_the_address_gets_the_account_and_not_who_typed_it_first()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup());
        using var attacker = new Browser(host);
        await attacker.OpenFormAsync(host);
        await attacker.RegisterAsync("victim@example.test", "Attacker", "the attacker's own words");
        var attackers = (await host.UserAsync("victim@example.test"))!.Id;

        using var victim = new Browser(host);
        await victim.OpenFormAsync(host);
        await victim.RegisterAsync("victim@example.test", "Victim");
        await victim.SubmitAsync("Confirm", ("code", (await host.MailAsync("victim@example.test")).Code()));

        var user = (await host.UserAsync("victim@example.test"))!;
        Assert.Equal(("Victim", true), (user.Name, user.EmailConfirmed));
        Assert.NotEqual(attackers, user.Id);
        using var again = new Browser(host);
        Assert.Contains("is not right", (await again.OpenAccountAsync(username: "victim@example.test", password: "the attacker's own words")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_answered_like_a_person_and_makes_no_account()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(clock, ("Registration:MinimumSeconds", "2")));
        using var browser = new Browser(host);
        await browser.OpenFormAsync(host);
        Assert.Contains("That was very fast", (await browser.RegisterAsync("bot@example.test")).Text, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromSeconds(2));
        var page = await browser.RegisterAsync("bot@example.test", more: ("url", "https://spam.test"));
        Assert.Equal("/verify", page.Url.AbsolutePath);
        Assert.Null(await host.UserAsync("bot@example.test"));
        Assert.Empty(await host.MailsAsync("bot@example.test"));
    }

    [Theory]
    [InlineData("name", "", "Enter your name")]
    [InlineData("name", "a\u202Eb", "cannot be seen")]
    [InlineData("email", "nobody", "like name@example.com")]
    [InlineData("email", "p\u0430ypal@example.test", "small letters of one alphabet")]
    [InlineData("password", "short", "Use at least 12 characters")]
    [InlineData("password", "password1234", "many people use this one")]
    public async Task What_is_wrong_is_said_beside_its_field(string field, string value, string words)
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup());
        using var browser = new Browser(host);
        await browser.OpenFormAsync(host);
        var page = await browser.RegisterAsync("new@example.test", more: (field, value));
        Assert.Contains(words, page.Document.QuerySelector($"#{field}-error")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("New Person", field == "name" ? "New Person" : page.Document.QuerySelector("#name")!.GetAttribute("value"));
        Assert.DoesNotContain(RegistrationBench.Password, page.Document.Source.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Closed_by_default_and_open_to_domains_when_told()
    {
        await using (var closed = await IdpHost.StartAsync())
        {
            using var browser = new Browser(closed);
            Assert.Equal("/login", (await browser.OpenFormAsync(closed)).Url.AbsolutePath);
            Assert.Contains("New accounts are not open here", browser.Page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("Create an account", browser.Page.Text, StringComparison.Ordinal);
            Assert.Contains("New accounts are not open here", (await browser.OpenAsync("/register")).Text, StringComparison.Ordinal);
        }

        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(null, ("Registration:Domains:0", "bücher.example")));
        using var reader = new Browser(host);
        await reader.OpenFormAsync(host);
        Assert.Contains("ends in @bücher.example", (await reader.RegisterAsync("new@example.test")).Text, StringComparison.Ordinal);
        Assert.Equal("/verify", (await reader.RegisterAsync("new@xn--bcher-kva.example")).Url.AbsolutePath);
    }

    [Fact]
    public async Task An_invitation_opens_the_form_for_its_address_and_once()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(null, ("Registration:Mode", "Invitation")));
        using var browser = new Browser(host);
        Assert.Contains("for those who were invited", (await browser.OpenAsync("/register")).Text, StringComparison.Ordinal);
        await using (var scope = host.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<Registrations>().InviteAsync("guest@example.test", CancellationToken.None);
        var link = (await host.MailAsync("guest@example.test")).Link();
        await browser.OpenAsync(link);
        await browser.OpenAsync(link);
        var page = await browser.SubmitAsync("Create account", ("name", "Guest"), ("email", "somebody-else@example.test"), ("password", RegistrationBench.Password));
        Assert.Equal("/account", page.Url.AbsolutePath);
        Assert.True((await host.UserAsync("guest@example.test"))!.EmailConfirmed);
        Assert.Contains("This invitation was used", (await browser.OpenAsync(link)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registrations_and_mails_are_limited()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(null, ("RateLimits:RegistrationPerAddress:Permits", "4"), ("RateLimits:RegistrationPerAddress:Window", "1.00:00:00")));
        using var browser = new Browser(host);
        for (var i = 0; i < 3; i++)
        {
            await browser.OpenFormAsync(host);
            Assert.Equal("/verify", (await browser.RegisterAsync("new@example.test")).Url.AbsolutePath);
        }

        foreach (var email in new[] { "new@example.test", "other@example.test" })
        {
            await browser.OpenFormAsync(host);
            var page = await browser.RegisterAsync(email);
            Assert.Equal(HttpStatusCode.TooManyRequests, page.Status);
            Assert.NotNull(page.Response.Headers.RetryAfter);
        }

        Assert.Equal(3, (await host.MailsAsync("new@example.test")).Count);
    }

    [Fact]
    public async Task Registration_without_a_mail_server_stops_the_start_in_production()
    {
        var problem = await Assert.ThrowsAsync<SettingsException>(() => IdpHost.StartAsync(RegistrationBench.Setup() with { Environment = "Production", Issuer = new Uri("https://id.example.com") }));
        Assert.Contains("IdentityProvider:Registration: Mode is Open, but no mail can be sent", problem.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<KeyValuePair<string, string>> FormOf(BrowserPage page) => page.Document.QuerySelectorAll("input[name=__RequestVerificationToken]").Take(1)
        .Select(input => KeyValuePair.Create("__RequestVerificationToken", input.GetAttribute("value")!));
}
