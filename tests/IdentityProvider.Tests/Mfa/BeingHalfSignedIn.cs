using System.Net;
using AngleSharp;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;
using Xunit.Abstractions;

namespace IdentityProvider.Tests.Mfa;

/// <summary>Between the password and the second factor there is no session that any route takes for one.</summary>
public sealed class BeingHalfSignedIn(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task No_route_acts_or_tells_anything_for_a_password_alone()
    {
        using var browser = new Browser(host);
        var tickets = await TicketsAsync(browser);
        var before = await EveryDoor.DumpAsync(host);

        var knocked = await KnockAsync(browser, tickets, async (door, page) =>
        {
            Assert.True((int)page.Status < 500, $"{door}: {page.Status}");
            Assert.DoesNotContain("otp@example.test", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("code=", page.Response.Headers.Location?.ToString() ?? "", StringComparison.Ordinal);
            Assert.True(await EveryDoor.DumpAsync(host) == before, $"{door} changed something");
        });
        output.WriteLine($"{knocked} requests");
        Assert.True(knocked > 150);
    }

    [Fact]
    public async Task The_same_walk_acts_once_the_second_factor_is_given()
    {
        using var browser = new Browser(host);
        var tickets = await TicketsAsync(browser);
        await browser.OpenAsync($"/mfa?ticket={tickets[0]}");
        await browser.SubmitAsync("Continue", ("code", Code()));
        clock.Advance(TimeSpan.FromSeconds(1));
        var before = await EveryDoor.DumpAsync(host);
        List<string> acted = [];

        await KnockAsync(browser, tickets, async (door, _) =>
        {
            var after = await EveryDoor.DumpAsync(host);
            if (after != before)
                acted.Add(door);
            before = after;
        });
        foreach (var door in acted)
            output.WriteLine(door);
        Assert.Contains(acted, door => door.StartsWith("POST /consent?handler=Allow", StringComparison.Ordinal));
        Assert.Contains(acted, door => door.StartsWith("POST /device?handler=Approve", StringComparison.Ordinal) || door.StartsWith("POST /device?handler=Deny", StringComparison.Ordinal));
        Assert.Contains(acted, door => door.StartsWith("POST /account-choice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_cookie_changes_with_each_proof_and_the_one_before_is_worth_nothing()
    {
        using var browser = new Browser(host);
        await browser.OpenAsync("/account");
        await browser.SubmitAsync("Sign in", ("username", "otp"), ("password", TestDocument.Password));
        var half = Cookie(browser);
        await browser.SubmitAsync("Continue", ("code", Code()));
        Assert.NotEqual(half, Cookie(browser));

        using var thief = new Browser(host);
        thief.Cookies.Add(host.Issuer, new Cookie("session", half));
        Assert.Equal("/login", (await thief.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task Signing_in_again_asks_for_the_second_factor_again_in_the_same_session()
    {
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await client.SignInAsync(browser, "openid", "otp");
        var page = await browser.SubmitAsync("Continue", ("code", Code()));
        var first = RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!);

        clock.Advance(TimeSpan.FromMinutes(10));
        await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "login")));
        page = await browser.SubmitAsync("Continue", ("username", "otp"), ("password", TestDocument.Password));
        Assert.Equal("/mfa", page.Url.AbsolutePath);
        Assert.Equal("interaction_required", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
        await browser.OpenAsync(page.Url.PathAndQuery);
        page = await browser.SubmitAsync("Continue", ("code", Code()));
        var second = RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!);
        Assert.Equal(first.GetProperty("sid").GetString(), second.GetProperty("sid").GetString());
        Assert.Equal(600, second.GetProperty("auth_time").GetInt64() - first.GetProperty("auth_time").GetInt64());
        Assert.Equal("urn:identityprovider:acr:mfa", second.GetProperty("acr").GetString());
    }

    [Fact]
    public async Task A_password_is_worth_nothing_any_more_after_30_minutes()
    {
        using var browser = new Browser(host);
        await browser.OpenAsync("/account");
        await browser.SubmitAsync("Sign in", ("username", "otp"), ("password", TestDocument.Password));
        clock.Advance(TimeSpan.FromMinutes(31));
        var page = await browser.SubmitAsync("Continue", ("code", Code()));
        Assert.NotEqual("/account", page.Url.AbsolutePath);
        Assert.Equal("/login", (await browser.OpenAsync("/account")).Url.AbsolutePath);
        Assert.False(await host.InStoreAsync(db => db.Set<Session>().AnyAsync(s => s.CompletedAt != null)));
    }

    [Fact]
    public async Task Signing_out_works_in_the_middle_too()
    {
        using var browser = new Browser(host);
        await browser.OpenAsync("/account");
        await browser.SubmitAsync("Sign in", ("username", "otp"), ("password", TestDocument.Password));
        await browser.OpenAsync("/signout");
        await browser.SubmitAsync("Sign out");
        Assert.False(await host.InStoreAsync(db => db.Set<Session>().AnyAsync()));
    }

    /// <summary>Sends everything everywhere with each ticket, and without following where it leads.</summary>
    private async Task<int> KnockAsync(Browser browser, IReadOnlyList<string> tickets, Func<string, BrowserPage, Task> lookAsync)
    {
        var page = await browser.OpenAsync($"/login?ticket={tickets[0]}");
        var fields = EveryDoor.Fields();
        fields["__RequestVerificationToken"] = page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var knocked = 0;
        foreach (var (method, path) in EveryDoor.Of(host))
        {
            // Signing out is the one thing anybody may do; it has a test of its own.
            if (path.StartsWith("/signout", StringComparison.Ordinal) || path.StartsWith("/connect/endsession", StringComparison.Ordinal))
                continue;
            foreach (var ticket in tickets.Append(null))
            {
                var door = path + (ticket is null ? "" : $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}ticket={ticket}&client_id=web");
                using var request = new HttpRequestMessage(method, host[door]);
                request.Headers.TryAddWithoutValidation("Cookie", browser.Cookies.GetCookieHeader(host.Issuer));
                if (method == HttpMethod.Post)
                    request.Content = new FormUrlEncodedContent(fields);
                using var response = await host.Http.SendAsync(request);
                await lookAsync($"{method} {door}", new BrowserPage(host[door], response.StatusCode, response, await ReadAsync(response)));
                knocked++;
            }
        }

        return knocked;
    }

    private static async Task<AngleSharp.Dom.IDocument> ReadAsync(HttpResponseMessage response)
    {
        var html = await response.Content.ReadAsStringAsync();
        return await BrowsingContext.New().OpenAsync(r => r.Content(html));
    }

    /// <summary>The password given, and a ticket of each kind that waits for the second factor: a client's, a device's, our own page's.</summary>
    private async Task<IReadOnlyList<string>> TicketsAsync(Browser browser)
    {
        var client = await new RelyingParty(host, "web").SignInAsync(browser, "openid profile email", "otp", ("prompt", "select_account consent"));
        var code = await new RelyingParty(host, "device").PostAsync("/connect/device", ("scope", "openid profile"));
        await browser.OpenAsync("/device");
        var device = await browser.SubmitAsync("Continue", ("user_code", code["user_code"]!));
        var own = await browser.OpenAsync("/account");
        BrowserPage[] pages = [client, device, own];
        Assert.All(pages, page => Assert.Equal("/mfa", page.Url.AbsolutePath));
        return [.. pages.Select(page => page.Query("ticket"))];
    }

    private string Cookie(Browser browser) => browser.Cookies.GetCookies(host.Issuer)["session"]!.Value;

    private string Code() => new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(clock.GetUtcNow().UtcDateTime);
}
