using System.Net;
using System.Text.RegularExpressions;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Recovery;

public sealed partial class SayingNotMe
{
    private const string Ada = "ada@example.test", New = "a quite different one", Done = "Everybody is signed out", Over = "This link was used or is too old";

    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-11-24T10:00:00Z", System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public async Task It_ends_everything_and_leads_to_a_new_password()
    {
        await using var host = await StartAsync();
        using var thief = new Browser(host);
        var tokens = await new RelyingParty(host, "trusted").TokensAsync(thief, "openid offline_access");
        await host.InStoreAsync(async db =>
        {
            db.Add(new TrustedDevice { Id = Guid.CreateVersion7(), UserId = await db.Set<User>().Where(u => u.UserName == "ada").Select(u => u.Id).SingleAsync(), HandleHash = "x", CreatedAt = clock.GetUtcNow(), LastUsedAt = clock.GetUtcNow() });
            return await db.SaveChangesAsync();
        });
        var link = await LinkAsync(host);

        // Programs that read mail.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync(link)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await host.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, link))).StatusCode);
        }

        Assert.Equal("/account", (await thief.OpenAsync("/account")).Url.AbsolutePath);
        using var owner = new Browser(host);
        Assert.Equal("Was this not you?", (await owner.OpenAsync(link)).Heading);
        Assert.Equal(Done, (await owner.SubmitAsync("Sign everybody out")).Heading);
        Assert.Equal(Done, (await owner.OpenAsync(owner.Page.Url.PathAndQuery)).Heading);

        Assert.Equal("/login", (await thief.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("invalid_grant", (await new RelyingParty(host, "trusted").RefreshAsync(tokens["refresh_token"]!)).Error);
        Assert.Contains("is not right", (await thief.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password))).Text, StringComparison.Ordinal);
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<TrustedDevice>().CountAsync()));
        Assert.Contains(await host.AuditAsync(), record => record is { Name: "recovery.not_me", TargetKind: "user", Details: """{"password_voided":true}""" });

        Assert.Equal("Choose a new password", (await owner.OpenAsync((await host.MailAsync(Ada)).Link())).Heading);
        Assert.Equal("Your password is changed", (await owner.SubmitAsync("Save the password", ("password", New))).Heading);
        Assert.Equal("/account", (await owner.OpenAccountAsync("/account", "ada", New)).Url.AbsolutePath);
    }

    [Fact]
    public async Task The_link_itself_opens_nothing()
    {
        await using var host = await StartAsync();
        var link = await FirstLinkAsync(host);
        using var finder = new Browser(host);
        await finder.OpenAsync(link);
        await finder.SubmitAsync("Sign everybody out");
        Assert.Null(finder.Cookies.GetCookies(host.Issuer)["session"]);
        Assert.Equal("This link is no longer good", (await finder.OpenAsync(link.Replace("/recover/not-me", "/recover/password", StringComparison.Ordinal))).Heading);
    }

    [Fact]
    public async Task The_second_factor_is_still_asked()
    {
        await using var host = await StartAsync();
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "otp").ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, true)));
        using var browser = new Browser(host);
        await browser.OpenAccountAsync("/account", "otp");
        await browser.OpenAsync((await host.MailAsync("otp@example.test")).Link());
        await browser.SubmitAsync("Sign everybody out");
        await browser.OpenAsync((await host.MailAsync("otp@example.test")).Link());
        await browser.SubmitAsync("Save the password", ("password", New));
        Assert.Equal("/mfa", (await browser.OpenAccountAsync("/account", "otp", New)).Url.AbsolutePath);
    }

    [Theory, MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Of_sixteen_uses_at_once_of_two_mails_one_acts(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Settings = { ["Network:TrustedProxies:0"] = "127.0.0.1" } });
        var links = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            using var thief = new Browser(host) { Address = $"198.18.0.{i}" };
            await thief.OpenAccountAsync();
            links.Add(await LinkAsync(host));
        }

        Assert.Equal(2, links.Distinct().Count());
        using var owner = new Browser(host);
        var token = (await owner.OpenAsync(links[0])).Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, links[i % 2]) { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = token }) };
            request.Headers.Add("Cookie", owner.Cookies.GetCookieHeader(host.Issuer));
            using var answer = await host.Http.SendAsync(request);
            return answer.StatusCode;
        }));
        Assert.Single(answers, HttpStatusCode.SeeOther);
        Assert.Equal(15, answers.Count(status => status == HttpStatusCode.Gone));
        Assert.Single(await host.AuditAsync(), record => record.Name == "recovery.not_me");
        Assert.Single(await host.MailsAsync(Ada), mail => mail.Subject!.Contains("password", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_link_that_is_used_old_changed_or_another_one_leads_to_the_same_page()
    {
        await using var host = await StartAsync();
        var link = await FirstLinkAsync(host);
        using var other = new Browser(host);
        await other.OpenAsync("/recover");
        await other.SubmitAsync("Send the mail", ("email", "grace@example.test"));
        var foreign = (await host.MailAsync("grace@example.test")).Link().Replace("/recover/password", "/recover/not-me", StringComparison.Ordinal);
        var pages = new List<string>();
        foreach (var wrong in new[] { foreign, link[..^4] + "AAAA", "/recover/not-me", "/recover/not-me?token=" + new string('x', 9000), "/recover/not-me?token=%00&done=%00" })
        {
            var page = await other.OpenAsync(wrong);
            Assert.True(page.Status is HttpStatusCode.Gone or HttpStatusCode.RequestUriTooLong, $"{wrong[..Math.Min(60, wrong.Length)]} {page.Status}");
            if (page.Status == HttpStatusCode.Gone)
                pages.Add(page.Document.QuerySelector("main")!.TextContent);
        }

        using var owner = new Browser(host);
        await owner.OpenAsync(link);
        await owner.SubmitAsync("Sign everybody out");
        pages.Add((await owner.OpenAsync(link)).Document.QuerySelector("main")!.TextContent);
        Assert.Contains(Over, Assert.Single(pages.Distinct()), StringComparison.Ordinal);
        Assert.Equal("/recover", owner.Page.Document.QuerySelector("main a.button")!.GetAttribute("href"));
    }

    [Theory]
    [InlineData(6, HttpStatusCode.OK)]
    [InlineData(8, HttpStatusCode.Gone)]
    public async Task It_is_good_for_a_week(int days, HttpStatusCode status)
    {
        await using var host = await StartAsync();
        var link = await FirstLinkAsync(host);
        clock.Advance(TimeSpan.FromDays(days));
        using var owner = new Browser(host);
        Assert.Equal(status, (await owner.OpenAsync(link)).Status);
    }

    [Fact]
    public async Task Somebody_without_a_password_is_signed_out_everywhere_and_told_what_to_check()
    {
        await using var host = await StartAsync();
        using var thief = new Browser(host);
        await thief.OpenAccountAsync();
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, (string?)null)));
        using var owner = new Browser(host);
        await owner.OpenAsync(await LinkAsync(host));
        Assert.Contains("has no password that anybody could know", (await owner.SubmitAsync("Sign everybody out")).Text, StringComparison.Ordinal);
        Assert.Contains("passkeys", owner.Page.Text, StringComparison.Ordinal);
        Assert.Equal("/login", (await thief.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Single(await host.MailsAsync(Ada));
    }

    [Fact]
    public async Task An_address_that_was_changed_meanwhile_gets_no_mail()
    {
        await using var host = await StartAsync();
        var link = await FirstLinkAsync(host);
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.Email, "thief@example.test").SetProperty(u => u.NormalizedEmail, "THIEF@EXAMPLE.TEST")));
        using var owner = new Browser(host);
        await owner.OpenAsync(link);
        Assert.Contains("open the mail about that change", (await owner.SubmitAsync("Sign everybody out")).Text, StringComparison.Ordinal);
        Assert.Empty(await host.MailsAsync("thief@example.test"));
        Assert.Null(await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").Select(u => u.PasswordHash).SingleAsync()));
    }

    [Fact]
    public async Task Where_nobody_gets_a_new_password_by_mail_the_operator_is_named()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = { ["Recovery:Enabled"] = "false" } });
        using var owner = new Browser(host);
        await owner.OpenAsync(await FirstLinkAsync(host));
        Assert.Contains("Ask whoever runs this site", (await owner.SubmitAsync("Sign everybody out")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_mail_about_a_lock_and_that_about_a_reused_refresh_token_carry_it_too()
    {
        await using var host = await StartAsync();
        using var thief = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var tokens = await client.TokensAsync(thief, "openid offline_access");
        await client.RefreshAsync(tokens["refresh_token"]!);
        clock.Advance(TimeSpan.FromMinutes(5));
        await client.RefreshAsync(tokens["refresh_token"]!);
        var mail = await host.MailAsync(Ada);
        Assert.StartsWith("Trusted was signed out", mail.Subject, StringComparison.Ordinal);
        Assert.StartsWith("/recover/not-me?token=", mail.Link(), StringComparison.Ordinal);
        Assert.Contains(await host.AuditAsync(), record => record is { Name: "suspicious.refresh_token_reused", TargetKind: "user", ClientId: "trusted" });

        using var guesser = new Browser(host);
        await guesser.OpenAsync("/account");
        for (var i = 0; i < 5; i++)
            await guesser.SubmitAsync("Sign in", ("username", "ada"), ("password", "wrong"));
        await Eventually.HoldsAsync(async () => (await host.MailAsync(Ada)).Subject!.StartsWith("Many wrong passwords", StringComparison.Ordinal));
        Assert.StartsWith("/recover/not-me?token=", (await host.MailAsync(Ada)).Link(), StringComparison.Ordinal);
    }

    private Task<IdpHost> StartAsync() => IdpHost.StartAsync(new IdpSetup { Clock = clock });

    /// <summary>Of a sign-in with a new browser.</summary>
    private static async Task<string> FirstLinkAsync(IdpHost host)
    {
        using var thief = new Browser(host);
        await thief.OpenAccountAsync();
        return await LinkAsync(host);
    }

    private static async Task<string> LinkAsync(IdpHost host)
    {
        var link = (await host.MailAsync(Ada)).Link();
        Assert.Matches(Form(), link);
        return link;
    }

    [GeneratedRegex(@"\A/recover/not-me\?token=[A-Za-z0-9_-]{43}\z")]
    private static partial Regex Form();
}
