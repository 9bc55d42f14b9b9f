using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IdentityProvider.Passkeys;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Passkeys;

public sealed class RegisteringPasskeys
{
    [Fact]
    public async Task A_passkey_is_named_after_its_provider_renamed_and_removed()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)) });
        using var browser = new Browser(host);
        var page = await browser.AddPasskeyAsync(host.Authenticator());
        Assert.Equal("/account/passkeys?done=added", page.Url.PathAndQuery);
        Assert.Contains("Apple Passwords, 1 Mar 2026", page.Text, StringComparison.Ordinal);

        await browser.OpenAsync($"/account/passkeys/{(await StoredAsync(host)).Single().Id}");
        page = await browser.SubmitAsync("Save the name", ("name", "  My phone "));
        Assert.Contains("My phone", page.Text, StringComparison.Ordinal);
        Assert.Equal("My phone", (await StoredAsync(host)).Single().Name);

        await browser.OpenAsync($"/account/passkeys/{(await StoredAsync(host)).Single().Id}");
        page = await browser.SubmitAsync("Remove");
        Assert.Equal("/account/passkeys?done=removed", page.Url.PathAndQuery);
        Assert.Empty(await StoredAsync(host));
    }

    [Theory]
    [InlineData("", "Enter a name")]
    [InlineData("   ", "Enter a name")]
    [InlineData("a\u0007b", "on one line")]
    [InlineData("a\nb", "on one line")]
    [InlineData("long", "at most 100")]
    public async Task A_name_that_is_none_is_refused_in_words(string name, string words)
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.AddPasskeyAsync(host.Authenticator());
        await browser.OpenAsync($"/account/passkeys/{(await StoredAsync(host)).Single().Id}");
        var page = await browser.SubmitAsync("Save the name", ("name", name == "long" ? new string('a', 101) : name));
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains(words, page.Document.QuerySelector("#name-error")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_options_exclude_what_is_there_and_say_who_we_are()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = new() { ["ProductName"] = "Corner House" } });
        using var browser = new Browser(host);
        var authenticator = host.Authenticator();
        await browser.AddPasskeyAsync(authenticator);
        var page = await browser.OpenAsync("/account/passkeys/add");
        var options = JsonNode.Parse(page.Document.QuerySelector<IHtmlFormElement>("form[data-passkey]")!.Dataset["options"]!)!;
        Assert.Equal(("localhost", "Corner House", "ada", "Ada Lovelace"), ((string)options["rp"]!["id"]!, (string)options["rp"]!["name"]!, (string)options["user"]!["name"]!, (string)options["user"]!["displayName"]!));
        Assert.Equal(System.Buffers.Text.Base64Url.EncodeToString(authenticator.CredentialId), (string)options["excludeCredentials"]!.AsArray().Single()!["id"]!);
    }

    [Fact]
    public async Task A_passkey_of_one_person_is_not_taken_for_another_nor_twice()
    {
        await using var host = await IdpHost.StartAsync();
        using var ada = new Browser(host);
        using var grace = new Browser(host);
        var authenticator = host.Authenticator();
        await ada.AddPasskeyAsync(authenticator);
        Assert.Contains("already set up", (await ada.AddPasskeyAsync(authenticator)).Text, StringComparison.Ordinal);
        Assert.Contains("already set up", (await grace.AddPasskeyAsync(authenticator, "grace")).Text, StringComparison.Ordinal);
        Assert.Single(await StoredAsync(host));
    }

    [Fact]
    public async Task Nobody_sees_renames_or_removes_a_passkey_of_somebody_else()
    {
        await using var host = await IdpHost.StartAsync();
        using var ada = new Browser(host);
        using var grace = new Browser(host);
        await ada.AddPasskeyAsync(host.Authenticator());
        await grace.AddPasskeyAsync(host.Authenticator(), "grace");
        var stored = await StoredAsync(host);
        var (mine, theirs) = (stored.Single(p => p.Name != "x" && p.UserId == stored[1].UserId), stored[0]);
        await grace.OpenAsync($"/account/passkeys/{mine.Id}");
        var token = ((IHtmlInputElement)grace.Page.Document.QuerySelector("input[name=__RequestVerificationToken]")!).Value;
        Assert.Equal(HttpStatusCode.NotFound, (await grace.OpenAsync($"/account/passkeys/{theirs.Id}")).Status);
        foreach (var handler in new[] { "", "?handler=Remove" })
            Assert.Equal(HttpStatusCode.NotFound, (await grace.PostAsync(host[$"/account/passkeys/{theirs.Id}{handler}"], [new("name", "x"), new("__RequestVerificationToken", token)])).Status);
        Assert.Equal(2, (await StoredAsync(host)).Count(p => p.Name != "x"));
    }

    [Fact]
    public async Task Adding_and_removing_ask_for_a_fresh_sign_in()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        using var browser = new Browser(host);
        await browser.AddPasskeyAsync(host.Authenticator());
        var id = (await StoredAsync(host)).Single().Id;
        await browser.OpenAsync($"/account/passkeys/{id}");
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("Confirm it is you", (await browser.SubmitAsync("Remove")).Heading);
        Assert.Single(await StoredAsync(host));
        Assert.Equal("Confirm it is you", (await browser.OpenAsync("/account/passkeys/add")).Heading);
        Assert.Equal("Passkeys", (await browser.OpenAsync("/account/passkeys")).Heading);
    }

    [Fact]
    public async Task Twenty_are_the_limit_also_at_once()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        for (var i = 0; i < Passkey.MaxPerUser - 2; i++)
            await browser.AddPasskeyAsync(host.Authenticator());

        var requests = new List<HttpRequestMessage>();
        for (var i = 0; i < 8; i++)
        {
            var page = await browser.OpenAsync("/account/passkeys/add");
            var form = page.Document.QuerySelector<IHtmlFormElement>("form[data-passkey]")!;
            var fields = form.Elements.OfType<IHtmlInputElement>().ToDictionary(f => f.Name!, f => f.Value);
            fields["credential"] = host.Authenticator().Create(form.Dataset["options"]!);
            var request = new HttpRequestMessage(HttpMethod.Post, host["/account/passkeys/add"]) { Content = new FormUrlEncodedContent(fields) };
            request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(host.Issuer));
            requests.Add(request);
        }

        var answers = await Task.WhenAll(requests.Select(r => host.Http.SendAsync(r)));
        Assert.Equal(2, answers.Count(a => a.StatusCode == HttpStatusCode.SeeOther));
        Assert.Equal(6, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(Passkey.MaxPerUser, (await StoredAsync(host)).Count);
        Assert.Null((await browser.OpenAsync("/account/passkeys")).Document.QuerySelector("a[href$='/add']"));
    }

    [Fact]
    public async Task The_last_way_in_stays()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.AddPasskeyAsync(host.Authenticator());
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, (string?)null)));
        var id = (await StoredAsync(host)).Single().Id;
        var page = await browser.OpenAsync($"/account/passkeys/{id}");
        Assert.Contains("the only way into your account", page.Text, StringComparison.Ordinal);
        var token = ((IHtmlInputElement)page.Document.QuerySelector("input[name=__RequestVerificationToken]")!).Value;
        await browser.PostAsync(host[$"/account/passkeys/{id}?handler=Remove"], [new("__RequestVerificationToken", token)]);
        Assert.Single(await StoredAsync(host));
    }

    [Fact]
    public async Task A_key_that_does_not_verify_its_person_is_no_way_in()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var weak = host.Authenticator();
        weak.Flags = SoftwareAuthenticator.UserPresent;
        await browser.AddPasskeyAsync(host.Authenticator());
        await browser.AddPasskeyAsync(weak);
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, (string?)null)));
        var stored = await StoredAsync(host);
        Assert.Contains("the only way into your account", (await browser.OpenAsync($"/account/passkeys/{stored.Single(p => p.UserVerified).Id}")).Text, StringComparison.Ordinal);
        await browser.OpenAsync($"/account/passkeys/{stored.Single(p => !p.UserVerified).Id}");
        Assert.Equal("/account/passkeys?done=removed", (await browser.SubmitAsync("Remove")).Url.PathAndQuery);
    }

    [Fact]
    public async Task What_comes_and_goes_is_mailed_and_a_removal_ends_the_other_sessions()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        using var elsewhere = new Browser(host);
        using var events = new EventTrap(host);
        var authenticator = host.Authenticator();
        await browser.AddPasskeyAsync(authenticator);
        await elsewhere.OpenLoginAsync();
        await elsewhere.UsePasskeyAsync(host, authenticator);
        await browser.OpenAsync($"/account/passkeys/{(await StoredAsync(host)).Single().Id}");
        await browser.SubmitAsync("Remove");

        // By name: the clock that orders them in the folder may not have moved between the two.
        var mails = (await host.MailsAsync("ada@example.test")).Where(m => m.Subject!.Contains("passkey", StringComparison.Ordinal)).OrderBy(m => m.Subject, StringComparer.Ordinal).ToList();
        Assert.Equal(["A passkey was added to your IdentityProvider account", "A passkey was removed from your IdentityProvider account"], mails.Select(m => m.Subject));
        Assert.Contains("Apple Passwords", mails[1].TextBody, StringComparison.Ordinal);
        Assert.Equal(["passkeys.added", "passkeys.removed"], events.Names.Where(n => n.StartsWith("passkeys.", StringComparison.Ordinal)));
        Assert.Equal("/login", (await elsewhere.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("/account", (await browser.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task The_browser_is_told_what_is_there()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var authenticator = host.Authenticator();
        var page = await browser.AddPasskeyAsync(authenticator);
        var signals = JsonNode.Parse(page.Document.QuerySelector("[data-passkey-signals]")!.GetAttribute("data-passkey-signals")!)!;
        var all = signals["signalAllAcceptedCredentials"]!;
        Assert.Equal(("localhost", System.Buffers.Text.Base64Url.EncodeToString(authenticator.UserHandle), System.Buffers.Text.Base64Url.EncodeToString(authenticator.CredentialId)),
            ((string)all["rpId"]!, (string)all["userId"]!, (string)all["allAcceptedCredentialIds"]!.AsArray().Single()!));
        Assert.Equal("Ada Lovelace", (string)signals["signalCurrentUserDetails"]!["displayName"]!);

        using var stranger = new Browser(host);
        await stranger.OpenLoginAsync();
        page = await stranger.UsePasskeyAsync(host, new SoftwareAuthenticator(authenticator) { CredentialId = [1, 2, 3] });
        Assert.Equal("""{"signalUnknownCredential":{"rpId":"localhost","credentialId":"AQID"}}""", page.Document.QuerySelector("[data-passkey-signals]")!.GetAttribute("data-passkey-signals"));
    }

    [Fact]
    public async Task Without_script_the_page_says_so()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var page = await browser.OpenAccountAsync("/account/passkeys/add");
        Assert.Contains("has to run JavaScript", page.Document.QuerySelector("noscript")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("need JavaScript", (await browser.SubmitAsync("Create a passkey")).Text, StringComparison.Ordinal);
    }

    private static Task<List<Passkey>> StoredAsync(IdpHost host) => host.InStoreAsync(db => db.Set<Passkey>().AsNoTracking().OrderBy(p => p.CreatedAt).ToListAsync());
}
