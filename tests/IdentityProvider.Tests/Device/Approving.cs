using System.Net;
using IdentityProvider.Authorize;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Device;

/// <summary>The page where a person sees who asks, and answers (RFC 8628 sections 3.3, 5.3 and 5.4).</summary>
public sealed class Approving : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 34, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_page_shows_who_asks_from_where_since_when_for_what_and_for_which_account()
    {
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        var page = await tv.EnterAsync(browser);
        Assert.Equal("/device", page.Url.AbsolutePath);
        Assert.Equal("Connect Living room TV?", page.Heading);
        Assert.Equal(tv.UserCode, page.Document.QuerySelector(".big")!.TextContent);
        Assert.Contains("Go on only if you see this code on your device.", page.Text, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", page.Text, StringComparison.Ordinal);
        Assert.Equal("2030-01-01T12:34:00Z", page.Document.QuerySelector("time")!.GetAttribute("datetime"));
        Assert.Contains("Read your notes", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Write notes", page.Text, StringComparison.Ordinal);
        Assert.Contains("Ada Lovelace", page.Text, StringComparison.Ordinal);
        Assert.Contains("ada@example.test", page.Text, StringComparison.Ordinal);

        page = await browser.SubmitAsync("Approve");
        Assert.Equal("Device connected", page.Heading);
        Assert.Contains("Return to your device", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await tv.PollAsync()).Status);
    }

    [Fact]
    public async Task A_denial_says_that_the_device_got_nothing()
    {
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        await tv.EnterAsync(browser);
        var page = await browser.SubmitAsync("Deny");
        Assert.Equal("Device not connected", page.Heading);
        Assert.Equal("access_denied", (await tv.PollAsync()).Error);
    }

    [Fact]
    public async Task The_link_with_the_code_spares_the_typing_and_still_asks()
    {
        using var browser = new Browser(host);
        await new RelyingParty(host, "trusted").SignInAsync(browser);
        var tv = await new Tv(host).StartAsync();
        var page = await browser.OpenAsync(tv.Complete.PathAndQuery);
        Assert.Equal("Connect Living room TV?", page.Heading);
        Assert.Equal(tv.UserCode, page.Document.QuerySelector(".big")!.TextContent);
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
        await browser.SubmitAsync("Approve");
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(HttpStatusCode.OK, (await tv.PollAsync()).Status);
    }

    [Theory]
    [InlineData("&handler=Approve")]
    [InlineData("&handler=Approve&done=Approved")]
    [InlineData("&done=Approved")]
    public async Task Nothing_is_approved_by_a_link(string addition)
    {
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        var page = await tv.EnterAsync(browser);
        await browser.OpenAsync(page.Url.PathAndQuery + addition);
        await browser.OpenAsync($"/device?user_code={tv.UserCode}{addition}");
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
    }

    [Fact]
    public async Task Nothing_is_approved_by_another_sites_form()
    {
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        var page = await tv.EnterAsync(browser);
        var ticket = page.Query("ticket");
        await browser.PostAsync(host[$"/device?ticket={ticket}&handler=Approve"], []);
        using var foreign = new HttpRequestMessage(HttpMethod.Post, host[$"/device?ticket={ticket}&handler=Approve"]) { Content = new FormUrlEncodedContent([]) };
        foreign.Headers.Add("Sec-Fetch-Site", "cross-site");
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GoAsync(foreign)).Status);
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
    }

    [Fact]
    public async Task Whoever_approves_is_whom_the_device_speaks_for()
    {
        using var ada = new Browser(host);
        using var grace = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        await tv.EnterAsync(ada, "ada");
        await tv.ApproveAsync(grace, "grace");
        var tokens = await tv.PollAsync();
        Assert.Equal("Grace Hopper", (await tv.UserInfoAsync(tokens["access_token"]!)).GetProperty("name").GetString());
        Assert.Equal("Grace Hopper", RelyingParty.Claims(tokens["id_token"]!).GetProperty("name").GetString());

        // The other one comes too late.
        var late = await ada.SubmitAsync("Approve");
        Assert.Contains("This code does not work", late.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_button_pressed_twice_approves_once_and_the_device_gets_its_tokens()
    {
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        var page = await tv.EnterAsync(browser);
        var url = new Uri(page.Url, page.Document.QuerySelector("form")!.GetAttribute("action"));
        var fields = page.Document.QuerySelectorAll("form input").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!);
        var presses = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PressAsync(browser, url, fields)));
        Assert.All(presses, status => Assert.True((int)status < 500));
        var tokens = await tv.PollAsync();
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        Assert.Equal(HttpStatusCode.OK, (await tv.RefreshAsync(tokens["refresh_token"]!)).Status);
    }

    [Fact]
    public async Task Without_a_session_there_is_no_approval_and_the_session_may_not_end_meanwhile()
    {
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        await tv.EnterAsync(browser);
        await host.InStoreAsync(db => db.Set<IdentityProvider.Sessions.Session>().ExecuteDeleteAsync());
        var page = await browser.SubmitAsync("Approve");
        Assert.Equal("/login", page.Url.AbsolutePath);
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);

        // After signing in the page asks again; the press from before does not count.
        page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.Equal("Connect Living room TV?", page.Heading);
    }

    [Fact]
    public async Task A_person_disabled_while_the_page_is_open_approves_nothing()
    {
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        await tv.EnterAsync(browser, "grace");
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.Name == "Grace Hopper").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, clock.GetUtcNow())));
        Assert.Equal("/login", (await browser.SubmitAsync("Approve")).Url.AbsolutePath);
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
    }

    [Fact]
    public async Task A_second_factor_is_asked_for_here_too()
    {
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        var page = await tv.EnterAsync(browser, "otp");
        Assert.NotEqual("/device", page.Url.AbsolutePath);
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
    }

    [Fact]
    public async Task The_ticket_of_a_device_leads_to_no_other_page_and_the_tickets_of_others_not_here()
    {
        using var browser = new Browser(host);
        var tv = await new Tv(host).StartAsync();
        var ticket = (await tv.EnterAsync(browser)).Query("ticket");
        var elsewhere = await browser.OpenAsync($"/connect/authorize?client_id=device&ticket={ticket}");
        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.Status);

        using var other = new Browser(host);
        var authorization = (await other.OpenAsync(new RelyingParty(host).AuthorizeUrl())).Query("ticket");
        Assert.Contains("This code does not work", (await browser.OpenAsync($"/device?ticket={authorization}")).Text, StringComparison.Ordinal);
        Assert.Contains("This code does not work", (await browser.OpenAsync($"/device?ticket={new string('A', 43)}")).Text, StringComparison.Ordinal);
        Assert.Equal(2, await host.InStoreAsync(db => db.Set<StoredRequest>().CountAsync()));
    }

    private static async Task<HttpStatusCode> PressAsync(Browser browser, Uri url, Dictionary<string, string> fields)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.TryAddWithoutValidation("Cookie", browser.Cookies.GetCookieHeader(url));
        return (await http.SendAsync(request)).StatusCode;
    }
}
