using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IdentityProvider.Passkeys;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using RelyingParty = IdentityProvider.Tests.Testing.RelyingParty;

namespace IdentityProvider.Tests.Passkeys;

public sealed class OfferingPasskeys
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task After_a_password_a_passkey_is_offered_and_not_again_for_14_days()
    {
        await using var host = await HostAsync();
        Assert.Equal("/passkey/new", (await SignInAsync(host, out var browser)).Url.AbsolutePath);
        Assert.Contains("Not on a shared device", browser.Page.Text, StringComparison.Ordinal);
        Assert.NotEmpty((await browser.SubmitAsync("Not now")).Query("code"));

        clock.Advance(TimeSpan.FromDays(13));
        Assert.NotEmpty((await SignInAsync(host, out _)).Query("code"));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal("/passkey/new", (await SignInAsync(host, out _)).Url.AbsolutePath);
    }

    [Fact]
    public async Task Who_wants_no_more_offers_gets_none()
    {
        await using var host = await HostAsync();
        await SignInAsync(host, out var browser);
        Assert.NotEmpty((await browser.SubmitAsync("Do not ask again")).Query("code"));
        clock.Advance(TimeSpan.FromDays(400));
        Assert.NotEmpty((await SignInAsync(host, out _)).Query("code"));
        Assert.NotNull((await host.InStoreAsync(db => db.Set<PasskeyNudge>().SingleAsync())).DeclinedAt);
    }

    [Fact]
    public async Task What_is_offered_can_be_taken_also_without_anybody_present()
    {
        await using var host = await HostAsync();
        await SignInAsync(host, out var browser);
        var form = browser.Page.Document.QuerySelector<IHtmlFormElement>("form[data-passkey]")!;
        Assert.Equal("true", form.Dataset["conditional"]);
        var authenticator = host.Authenticator();
        authenticator.Flags = SoftwareAuthenticator.BackupEligible | SoftwareAuthenticator.BackedUp;
        var answer = authenticator.Create(form.Dataset["options"]!);
        Assert.NotEmpty((await browser.SubmitAsync("Create a passkey", ("credential", answer), ("conditional", "true"))).Query("code"));
        var stored = await host.InStoreAsync(db => db.Set<Passkey>().SingleAsync());
        Assert.Equal((false, true, true), (stored.UserVerified, stored.BackedUp, stored.Unasked));

        // Its owner may know nothing of it: it is demanded only once they have used it.
        using var elsewhere = new Browser(host);
        Assert.Equal("/account", (await elsewhere.OpenAccountAsync()).Url.AbsolutePath);
        using var autofill = new Browser(host);
        await autofill.OpenLoginAsync();
        authenticator.Flags |= SoftwareAuthenticator.UserPresent | SoftwareAuthenticator.UserVerified;
        Assert.Equal("/account/passkeys", (await autofill.UsePasskeyAsync(host, authenticator)).Url.AbsolutePath);
        using var later = new Browser(host);
        Assert.Equal("/mfa/passkey", (await later.OpenAccountAsync()).Url.AbsolutePath);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%%%")]
    [InlineData("oA")]
    [InlineData("gYGB")]
    public async Task Rubbish_without_anybody_present_is_refused(string attestation)
    {
        await using var host = await HostAsync();
        await SignInAsync(host, out var browser);
        var form = browser.Page.Document.QuerySelector<IHtmlFormElement>("form[data-passkey]")!;
        var authenticator = host.Authenticator();
        authenticator.Tamper = c => c["response"]!["attestationObject"] = attestation;
        var page = await browser.SubmitAsync("Create a passkey", ("credential", authenticator.Create(form.Dataset["options"]!)), ("conditional", "true"));
        Assert.Equal((HttpStatusCode.OK, "/passkey/new"), (page.Status, page.Url.AbsolutePath));
        Assert.Contains("could not be checked", page.Text, StringComparison.Ordinal);
        Assert.Equal("", page.Document.QuerySelector<IHtmlFormElement>("form[data-passkey]")!.Dataset["conditional"]);
    }

    [Theory]
    [InlineData("max_age", "600")]
    [InlineData("prompt", "login")]
    [InlineData("acr_values", "urn:identityprovider:acr:pwd")]
    public async Task Whoever_is_asked_for_more_is_not_distracted(string name, string value)
    {
        await using var host = await HostAsync();
        Assert.NotEmpty((await SignInAsync(host, out _, (name, value))).Query("code"));
    }

    [Fact]
    public async Task Nobody_is_asked_whose_device_cannot_or_whose_server_does_not_want()
    {
        await using var host = await HostAsync();
        using var browser = new Browser(host);
        Assert.NotEmpty((await new RelyingParty(host, "trusted").SignInAsync(browser)).Query("code"));
        await using var other = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = new() { ["Passkeys:OfferAfterPassword"] = "false" } });
        Assert.NotEmpty((await SignInAsync(other, out _)).Query("code"));
    }

    [Fact]
    public async Task An_offer_left_open_is_no_way_around_a_fresh_sign_in()
    {
        await using var host = await HostAsync();
        await SignInAsync(host, out var browser);
        var form = browser.Page.Document.QuerySelector<IHtmlFormElement>("form[data-passkey]")!;
        clock.Advance(TimeSpan.FromMinutes(5));
        var page = await browser.SubmitAsync("Create a passkey", ("credential", host.Authenticator().Create(form.Dataset["options"]!)));
        Assert.NotEmpty(page.Query("code"));
        Assert.Empty(await host.InStoreAsync(db => db.Set<Passkey>().ToListAsync()));
    }

    [Fact]
    public async Task Password_managers_find_where_passkeys_are_added_and_kept()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = new() { ["Passkeys:Origins:0"] = "https://shop.example", ["Passkeys:Origins:1"] = "android:apk-key-hash:abc" } });
        var json = JsonNode.Parse(await host.Http.GetStringAsync("/.well-known/passkey-endpoints"))!;
        Assert.Equal(($"{host.Issuer}account/passkeys/add", $"{host.Issuer}account/passkeys"), ((string)json["enroll"]!, (string)json["manage"]!));
        json = JsonNode.Parse(await host.Http.GetStringAsync("/.well-known/webauthn"))!;
        Assert.Equal("https://shop.example", (string)json["origins"]!.AsArray().Single()!);
        await using var plain = await HostAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await plain.Http.GetAsync("/.well-known/webauthn")).StatusCode);
    }

    private Task<IdpHost> HostAsync() => IdpHost.StartAsync(new IdpSetup { Clock = clock });

    /// <summary>Signs in with the password, on a device that can keep passkeys.</summary>
    private static Task<BrowserPage> SignInAsync(IdpHost host, out Browser browser, params (string Name, string? Value)[] changes)
    {
        browser = new Browser(host);
        browser.Cookies.Add(host.Issuer, new Cookie("passkey-device", "1", "/"));
        return new RelyingParty(host, "trusted").SignInAsync(browser, "openid", "ada", changes);
    }
}
