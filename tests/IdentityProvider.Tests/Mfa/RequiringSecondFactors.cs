using IdentityProvider.Mfa;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Mfa;

public sealed class RequiringSecondFactors
{
    private const string MultiFactor = "urn:identityprovider:acr:mfa", PhishingResistant = "urn:identityprovider:acr:phr";
    private const string Essential = """{"id_token":{"acr":{"essential":true,"value":"urn:identityprovider:acr:phr"}}}""";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("Mfa:Required", "true")]
    [InlineData("Mfa:RequiredForRoles:0", "admin")]
    public async Task Who_must_have_a_factor_and_has_none_sets_one_up_and_comes_back_to_the_request(string setting, string value)
    {
        await using var host = await StartAsync((setting, value));
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var page = await client.SignInAsync(browser, "openid", "ada");
        Assert.Equal("/mfa/set-up", page.Url.AbsolutePath);
        Assert.Equal("interaction_required", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
        Assert.False(await host.InStoreAsync(db => db.Set<Session>().AnyAsync(s => s.CompletedAt != null)));

        await browser.OpenAsync(page.Url.PathAndQuery);
        page = await browser.SubmitAsync("Finish", ("code", "000000"));
        Assert.Contains("not right", page.Text, StringComparison.Ordinal);
        page = await browser.SubmitAsync("Finish", ("code", Code(Secret(page))));
        Assert.Equal("Save your recovery codes", page.Heading);
        page = await browser.SubmitAsync("I have saved the codes");
        var id = RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!);
        Assert.Equal(MultiFactor, id.GetProperty("acr").GetString());
        Assert.Equal(["pwd", "otp", "mfa"], id.GetProperty("amr").EnumerateArray().Select(m => m.GetString()));
    }

    [Fact]
    public async Task A_password_gives_nobody_a_first_factor_who_has_one()
    {
        await using var host = await StartAsync(("Mfa:Required", "true"));
        using var thief = new Browser(host);
        var page = await new RelyingParty(host, "trusted").SignInAsync(thief, "openid", "otp");
        Assert.Equal("/mfa", page.Url.AbsolutePath);
        Assert.Equal("/mfa", (await thief.OpenAsync("/mfa/set-up?ticket=" + page.Query("ticket"))).Url.AbsolutePath);
        Assert.Equal(1, await host.InStoreAsync(db => db.Set<Authenticator>().CountAsync()));
    }

    [Fact]
    public async Task The_only_factor_somebody_must_have_stays()
    {
        await using var host = await StartAsync(("Mfa:Required", "true"));
        using var browser = new Browser(host);
        var page = await browser.OpenAccountAsync("/account/authenticators");
        await browser.SubmitAsync("Finish", ("code", Code(Secret(page))));
        await browser.SubmitAsync("I have saved the codes");
        var id = await host.InStoreAsync(db => db.Set<Authenticator>().Where(a => a.Name == "Authenticator app").Select(a => a.Id).SingleAsync());
        page = await browser.OpenAsync($"/account/authenticators/{id}");
        Assert.Contains("must have a second step", page.Text, StringComparison.Ordinal);
        var token = page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await browser.PostAsync(host[$"/account/authenticators/{id}?handler=Remove"], [KeyValuePair.Create("__RequestVerificationToken", token)]);
        Assert.True(await host.InStoreAsync(db => db.Set<Authenticator>().AnyAsync(a => a.Id == id)));
    }

    [Fact]
    public async Task A_request_for_more_than_a_password_makes_people_set_up_a_factor_after_a_fresh_sign_in()
    {
        await using var host = await StartAsync();
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        Assert.NotEmpty((await client.SignInAsync(browser, "openid", "ada")).Query("code"));
        Assert.Equal("/mfa/set-up", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("acr_values", MultiFactor)))).Url.AbsolutePath);
        Assert.NotEmpty((await browser.OpenAsync(client.AuthorizeUrl("openid", ("acr_values", $"{MultiFactor} urn:identityprovider:acr:pwd")))).Query("code"));

        clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("/login", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("acr_values", MultiFactor)))).Url.AbsolutePath);
        var page = await browser.SubmitAsync("Continue", ("password", TestDocument.Password));
        Assert.Equal("/mfa/set-up", page.Url.AbsolutePath);
        await browser.SubmitAsync("Finish", ("code", Code(Secret(page))));
        page = await browser.SubmitAsync("I have saved the codes");
        Assert.Equal(MultiFactor, RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!).GetProperty("acr").GetString());
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("otp")]
    public async Task What_cannot_be_reached_is_refused_when_it_is_essential_and_left_out_when_it_is_not(string username)
    {
        await using var host = await StartAsync();
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var page = await client.SignInAsync(browser, "openid", username, ("claims", Essential));
        if (username == "otp")
            page = await browser.SubmitAsync("Continue", ("code", Code(TestDocument.TotpSecret)));
        Assert.Equal("unmet_authentication_requirements", page.Query("error"));
        Assert.NotEmpty((await browser.OpenAsync(client.AuthorizeUrl("openid", ("acr_values", PhishingResistant)))).Query("code"));
    }

    [Fact]
    public async Task A_client_that_takes_nothing_weaker_gets_it_and_its_requests_cannot_ask_for_less()
    {
        await using var host = await StartAsync(TestDocument.Json.Replace("\"client_id\": \"trusted\",", $"\"client_id\": \"trusted\", \"required_acr\": \"{MultiFactor}\",", StringComparison.Ordinal));
        using var browser = new Browser(host);
        var strict = new RelyingParty(host, "trusted");
        Assert.NotEmpty((await new RelyingParty(host, "nopkce").SignInAsync(browser, "openid", "ada")).Query("code"));
        Assert.Equal("/mfa/set-up", (await browser.OpenAsync(strict.AuthorizeUrl("openid", ("acr_values", "urn:identityprovider:acr:pwd")))).Url.AbsolutePath);
        Assert.Equal("interaction_required", (await browser.OpenAsync(strict.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
        var page = await browser.OpenAsync(strict.AuthorizeUrl());
        await browser.SubmitAsync("Finish", ("code", Code(Secret(page))));
        page = await browser.SubmitAsync("I have saved the codes");
        Assert.Equal(MultiFactor, RelyingParty.Claims((await strict.RedeemAsync(page.Query("code")))["id_token"]!).GetProperty("acr").GetString());

        // What it asks for beyond that it insists on.
        Assert.Equal("unmet_authentication_requirements", (await browser.OpenAsync(strict.AuthorizeUrl("openid", ("acr_values", PhishingResistant)))).Query("error"));
    }

    [Fact]
    public async Task A_role_given_while_a_session_lives_asks_at_its_next_request_and_what_one_factor_opened_renews_nothing_until_then()
    {
        await using var host = await StartAsync();
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var tokens = await client.TokensAsync(browser, "openid offline_access");
        var unused = (await browser.OpenAsync(client.AuthorizeUrl())).Query("code");
        clock.Advance(TimeSpan.FromMinutes(10));
        await GiveRoleAsync(host, "ada");
        Assert.Equal("login_required", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
        Assert.Equal("invalid_grant", (await client.RefreshAsync(tokens["refresh_token"]!)).Error);
        Assert.Equal("invalid_grant", (await client.RedeemAsync(unused)).Error);

        // Nothing is lost by a role that was given by mistake.
        await host.InStoreAsync(db => db.Set<UserRole>().Where(held => db.Set<Role>().Any(r => r.Id == held.RoleId && r.Name == "keeper")).ExecuteDeleteAsync());
        tokens = await client.RefreshAsync(tokens["refresh_token"]!);
        Assert.NotNull(tokens["access_token"]);
        Assert.NotEmpty((await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("code"));

        await GiveRoleAsync(host, "ada");
        Assert.Equal("/login", (await browser.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("/login", (await browser.OpenAsync(client.AuthorizeUrl("openid", ("acr_values", PhishingResistant)))).Url.AbsolutePath);
        var page = await browser.SubmitAsync("Continue", ("password", TestDocument.Password));
        Assert.Equal("/mfa/set-up", page.Url.AbsolutePath);
        await browser.SubmitAsync("Finish", ("code", Code(Secret(page))));
        page = await browser.SubmitAsync("I have saved the codes");
        tokens = await client.RedeemAsync(page.Query("code"));
        Assert.Equal(MultiFactor, RelyingParty.Claims(tokens["id_token"]!).GetProperty("acr").GetString());
        Assert.NotEmpty((await browser.OpenAsync(client.AuthorizeUrl("openid", ("prompt", "none")))).Query("code"));
    }

    [Fact]
    public async Task A_device_whose_client_wants_what_the_person_cannot_reach_is_refused()
    {
        await using var host = await StartAsync(TestDocument.Json.Replace("\"client_id\": \"device\",", $"\"client_id\": \"device\", \"required_acr\": \"{PhishingResistant}\",", StringComparison.Ordinal));
        using var browser = new Browser(host);
        var device = new RelyingParty(host, "device");
        var code = await device.PostAsync("/connect/device", ("scope", "openid profile"));
        await browser.OpenAsync("/device");
        await browser.SubmitAsync("Continue", ("user_code", code["user_code"]!));
        var page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Assert.Equal("Device not connected", page.Heading);
        Assert.Equal("access_denied", (await device.TokenAsync(("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", code["device_code"]!))).Error);
    }

    private static Task GiveRoleAsync(IdpHost host, string username) => host.InStoreAsync(async db =>
    {
        var role = await db.Set<Role>().FirstOrDefaultAsync(r => r.Name == "keeper") ?? db.Add(new Role { Name = "keeper", Permissions = ["vaults:open:all"] }).Entity;
        var userId = await db.Set<User>().Where(u => u.UserName == username).Select(u => u.Id).SingleAsync();
        db.Add(new UserRole { UserId = userId, RoleId = role.Id });
        return await db.SaveChangesAsync();
    });

    private Task<IdpHost> StartAsync(string document) => IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = document });

    private Task<IdpHost> StartAsync(params (string Key, string Value)[] settings) =>
        IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = settings.ToDictionary(s => s.Key, s => s.Value) });

    private static string Secret(BrowserPage page) => page.Document.QuerySelector("[data-copy] code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);

    private string Code(string secret) => new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(clock.GetUtcNow().UtcDateTime);
}
