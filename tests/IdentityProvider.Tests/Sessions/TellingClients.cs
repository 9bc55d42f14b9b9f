using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Sessions;
using IdentityProvider.Sessions.Logout;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityProvider.Tests.Sessions;

/// <summary>Back-channel logout, to relying parties that behave and to some that do not.</summary>
public sealed class TellingClients : IAsyncLifetime
{
    /// <summary>Below the five seconds that a delivery may take: whoever waited for one would be slower, on a busy machine too.</summary>
    private static readonly TimeSpan NoWaiting = TimeSpan.FromSeconds(4.5);

    private LogoutReceiver receiver = null!;
    private IdpHost host = null!;

    public async Task InitializeAsync()
    {
        receiver = await LogoutReceiver.StartAsync();
        host = await IdpHost.StartAsync(new IdpSetup { Document = Listening(receiver.Address) });
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await receiver.DisposeAsync();
    }

    /// <summary>The client trusted listens, and is not in the browser when the person leaves it.</summary>
    private static string Listening(Uri address, bool offlineSurvives = false)
    {
        var document = JsonNode.Parse(TestDocument.Json)!;
        var client = document["clients"]!.AsArray().Single(c => (string?)c!["client_id"] == "trusted")!;
        client["backchannel_logout_uri"] = address.ToString();
        client["backchannel_logout_session_required"] = true;
        client["offline_access_survives_logout"] = offlineSurvives;
        return document.ToJsonString();
    }

    private async Task<(Browser Browser, Answer Tokens)> SignInAsync(string username = "ada", string scope = "openid")
    {
        var browser = new Browser(host);
        return (browser, await new RelyingParty(host, "trusted").TokensAsync(browser, scope, username));
    }

    private static Task<BrowserPage> SignOutAsync(Browser browser, Answer tokens) => browser.OpenAsync($"/connect/endsession?id_token_hint={tokens["id_token"]}");

    [Fact]
    public async Task A_sign_out_reaches_the_client_with_a_token_it_can_verify()
    {
        var (browser, tokens) = await SignInAsync();
        using var _ = browser;
        await SignOutAsync(browser, tokens);
        var text = await receiver.NextAsync();

        var keys = new JsonWebKeySet(await host.Http.GetStringAsync(new Uri("/.well-known/jwks", UriKind.Relative)));
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(text, new TokenValidationParameters
        {
            ValidIssuer = host.Issuer.ToString().TrimEnd('/'),
            ValidAudience = "trusted",
            ValidTypes = ["logout+jwt"],
            ValidAlgorithms = ["RS256"],
            IssuerSigningKeys = keys.GetSigningKeys(),
        });
        Assert.True(result.IsValid, result.Exception?.Message);
        var (claims, idToken) = (RelyingParty.Claims(text), RelyingParty.Claims(tokens["id_token"]!));
        Assert.Equal(idToken.GetProperty("sid").GetString(), claims.GetProperty("sid").GetString());
        Assert.Equal(idToken.GetProperty("sub").GetString(), claims.GetProperty("sub").GetString());
        Assert.Equal(JsonValueKind.Object, claims.GetProperty("events").GetProperty("http://schemas.openid.net/event/backchannel-logout").ValueKind);
        Assert.True(claims.TryGetProperty("jti", out var _) && claims.TryGetProperty("iat", out var _) && claims.TryGetProperty("exp", out var _));
        Assert.False(claims.TryGetProperty("nonce", out var _));
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("disabled")]
    [InlineData("everywhere")]
    [InlineData("page")]
    public async Task Whatever_ends_a_session_the_client_hears_of_it(string how)
    {
        var (browser, tokens) = await SignInAsync("grace", "openid profile");
        using var _ = browser;
        using var elsewhere = new Browser(host);
        switch (how)
        {
            case "expired":
                await host.InStoreAsync(db => db.Set<Session>().ExecuteUpdateAsync(set => set.SetProperty(s => s.IdleExpiresAt, s => s.CreatedAt)));
                break;
            case "disabled":
                await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "grace").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, u => u.CreatedAt)));
                break;
            case "everywhere":
                using (var request = new HttpRequestMessage(HttpMethod.Post, "/api/logout-all"))
                {
                    request.Headers.Authorization = new("Bearer", tokens["access_token"]);
                    Assert.Equal(HttpStatusCode.NoContent, (await host.Http.SendAsync(request)).StatusCode);
                }

                break;
            default:
                await elsewhere.OpenAsync("/account/sessions");
                await elsewhere.SubmitAsync("Sign in", ("username", "grace"), ("password", TestDocument.Password));
                await elsewhere.SubmitAsync("Sign out everywhere else");
                break;
        }

        var sid = RelyingParty.Claims(tokens["id_token"]!).GetProperty("sid").GetString();
        Assert.Equal(sid, RelyingParty.Claims(await receiver.NextAsync(3)).GetProperty("sid").GetString());
        Assert.Equal("login_required", (await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
    }

    [Fact]
    public async Task A_client_that_hangs_delays_nobody_and_one_that_fails_is_told_again()
    {
        receiver.Answers.Enqueue(null);
        receiver.Answers.Enqueue(503);
        var (slow, first) = await SignInAsync();
        var (quick, second) = await SignInAsync("grace");
        using var _ = slow;
        using var __ = quick;
        var watch = Stopwatch.StartNew();
        await SignOutAsync(slow, first);
        Assert.True(watch.Elapsed < NoWaiting, $"The person waited {watch.Elapsed}.");
        Assert.Equal(Sid(first), RelyingParty.Claims(await receiver.NextAsync()).GetProperty("sid").GetString());

        // The other one fails, and is told again a second later, while the first still hangs.
        await SignOutAsync(quick, second);
        Assert.Equal(Sid(second), RelyingParty.Claims(await receiver.NextAsync()).GetProperty("sid").GetString());
        Assert.Equal(Sid(second), RelyingParty.Claims(await receiver.NextAsync(4)).GetProperty("sid").GetString());
    }

    /// <summary>Longer than it may: the receiver never answers, so that a minute needs no waiting for.</summary>
    [Fact]
    public async Task A_client_that_hangs_for_a_minute_with_all_its_lines_keeps_no_other_client_waiting()
    {
        await using var healthy = await LogoutReceiver.StartAsync();
        var document = JsonNode.Parse(Listening(receiver.Address))!;
        var spa = document["clients"]!.AsArray().Single(c => (string?)c!["client_id"] == "spa")!;
        spa["backchannel_logout_uri"] = healthy.Address.ToString();
        await using var other = await IdpHost.StartAsync(new IdpSetup { Document = document.ToJsonString() });
        for (var i = 0; i < 64; i++)
            receiver.Answers.Enqueue(null);
        var trusted = new RelyingParty(other, "trusted");
        for (var i = 0; i < 8; i++)
        {
            using var hanging = new Browser(other);
            var tokens = await trusted.TokensAsync(hanging);
            await hanging.OpenAsync($"/connect/endsession?id_token_hint={tokens["id_token"]}");
        }

        await receiver.NextAsync();
        using var browser = new Browser(other);
        var both = await trusted.TokensAsync(browser);
        Assert.Null((await new RelyingParty(other, "spa").TokensAsync(browser)).Error);
        var watch = Stopwatch.StartNew();
        await browser.OpenAsync($"/connect/endsession?id_token_hint={both["id_token"]}");
        Assert.True(watch.Elapsed < NoWaiting, $"The person waited {watch.Elapsed}.");
        Assert.Equal(Sid(both), RelyingParty.Claims(await healthy.NextAsync()).GetProperty("sid").GetString());
        Assert.Equal("login_required", (await browser.OpenAsync(trusted.AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
    }

    [Fact]
    public async Task The_notice_is_stored_with_the_end_and_gone_when_heard()
    {
        var (browser, tokens) = await SignInAsync();
        using var _ = browser;
        await SignOutAsync(browser, tokens);
        await receiver.NextAsync();
        await Eventually.HoldsAsync(async () => await host.InStoreAsync(db => db.Set<LogoutNotice>().CountAsync()) == 0);
        Assert.True(receiver.IsQuiet);
    }

    [Theory]
    [InlineData(false, "invalid_grant")]
    [InlineData(true, null)]
    public async Task Offline_access_survives_a_logout_only_where_the_client_is_registered_so_and_never_a_revocation(bool registered, string? afterLogout)
    {
        await using var other = await IdpHost.StartAsync(new IdpSetup { Document = Listening(receiver.Address, registered) });
        var client = new RelyingParty(other, "trusted");
        using var browser = new Browser(other);
        var tokens = await client.TokensAsync(browser, "openid profile offline_access");
        await browser.OpenAsync($"/connect/endsession?id_token_hint={tokens["id_token"]}");
        var refreshed = await client.RefreshAsync(tokens["refresh_token"]!);
        Assert.Equal(afterLogout, refreshed.Error);
        if (!registered)
            return;

        await using var scope = other.Services.CreateAsyncScope();
        var ada = await other.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").Select(u => u.Id).SingleAsync());
        await scope.ServiceProvider.GetRequiredService<SessionStore>().EndAllAsync(ada, null, "disabled", CancellationToken.None);
        Assert.Equal("invalid_grant", (await client.RefreshAsync(refreshed["refresh_token"]!)).Error);
    }

    private static string? Sid(Answer tokens) => RelyingParty.Claims(tokens["id_token"]!).GetProperty("sid").GetString();
}
