using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using IdentityProvider.Federation;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityProvider.Tests.Federation;

/// <summary>Signing out there ends the session here, and the other way round.</summary>
public sealed class SigningOutElsewhere(PeerBench bench) : IClassFixture<PeerBench>
{
    private static readonly Dictionary<string, Func<SecurityTokenDescriptor, string>> Wrong = new()
    {
        ["issuer"] = t => With(t, () => t.Issuer = "https://elsewhere.test"),
        ["audience"] = t => With(t, () => t.Audience = "another"),
        ["another's key"] = t => With(t, () => t.SigningCredentials = new SigningCredentials(Peer.NewKey(), SecurityAlgorithms.EcdsaSha256)),
        ["none"] = t => $"{Base64Url.EncodeToString("""{"alg":"none","typ":"logout+jwt"}"""u8)}.{Peer.Sign(t).Split('.')[1]}.",
        ["no type"] = t => With(t, () => t.TokenType = "JWT"),
        ["expired"] = t => With(t, () => t.Expires = t.IssuedAt!.Value.AddMinutes(-3)),
        ["no expiry"] = t => With(t, () => t.Expires = null),
        ["old"] = t => With(t, () => t.IssuedAt = t.IssuedAt!.Value.AddMinutes(-11)),
        ["of tomorrow"] = t => With(t, () => t.IssuedAt = t.IssuedAt!.Value.AddDays(1), () => t.Expires = t.IssuedAt!.Value.AddMinutes(2)),
        ["no event"] = t => With(t, () => t.Claims.Remove("events")),
        ["another event"] = t => With(t, () => t.Claims["events"] = new Dictionary<string, object> { ["urn:other"] = new Dictionary<string, object>() }),
        ["nonce"] = t => With(t, () => t.Claims["nonce"] = "n"),
        ["no jti"] = t => With(t, () => t.Claims.Remove("jti")),
        ["nobody"] = t => With(t, () => t.Claims.Remove("sub"), () => t.Claims.Remove("sid")),
        ["no token"] = _ => "",
    };

    public static TheoryData<string> Faults => [.. Wrong.Keys];

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task The_providers_word_ends_the_session_that_came_from_it_once(bool bySubject, bool bySid)
    {
        var subject = $"leaves {bySubject} {bySid}";
        using var browser = await SignedInAsync("peer", subject, "sid of " + subject);
        using var another = await SignedInAsync("sure", subject, "sid of " + subject);
        var token = Peer.Sign(bench.Peer.LogoutToken(bySubject ? subject : null, bySid ? "sid of " + subject : null));
        using var heard = await PostAsync("peer", token);
        Assert.Equal((HttpStatusCode.OK, true), (heard.StatusCode, heard.Headers.CacheControl!.NoStore));
        Assert.Equal((false, true), (await IsSignedInAsync(browser), await IsSignedInAsync(another)));
        using var again = await PostAsync("peer", token);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        Assert.Equal("invalid_request", JsonDocument.Parse(await again.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString());
    }

    [Fact]
    public async Task Another_session_of_the_person_stays_when_the_provider_names_one()
    {
        using var one = await SignedInAsync("peer", "two sessions", "one");
        using var two = await SignedInAsync("peer", "two sessions", "two");
        using var heard = await PostAsync("peer", Peer.Sign(bench.Peer.LogoutToken("two sessions", "one")));
        Assert.Equal((false, true), (await IsSignedInAsync(one), await IsSignedInAsync(two)));
        using var unknown = await PostAsync("peer", Peer.Sign(bench.Peer.LogoutToken("nobody of ours", null)));
        Assert.Equal(HttpStatusCode.OK, unknown.StatusCode);
    }

    [Fact]
    public async Task Of_16_at_once_one_is_heard()
    {
        using var browser = await SignedInAsync("peer", "at once", "at once");
        var token = Peer.Sign(bench.Peer.LogoutToken("at once", null));
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            using var answer = await PostAsync("peer", token);
            return answer.StatusCode;
        }));
        Assert.Single(answers, HttpStatusCode.OK);
        Assert.False(await IsSignedInAsync(browser));
    }

    [Theory, MemberData(nameof(Faults))]
    public async Task A_wrong_logout_token_ends_nothing(string fault)
    {
        using var browser = await SignedInAsync("peer", "stays", "stays");
        using var answer = await PostAsync("peer", Wrong[fault](bench.Peer.LogoutToken("stays", "stays")));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(await IsSignedInAsync(browser));
    }

    [Theory]
    [InlineData("hub")]
    [InlineData("nobody")]
    public async Task Only_an_OpenID_provider_that_is_known_is_heard(string provider)
    {
        using var answer = await PostAsync(provider, Peer.Sign(bench.Peer.LogoutToken("x", null)));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Who_signs_out_here_goes_through_the_provider_and_comes_back()
    {
        using var browser = await SignedInAsync("leaving", "leaver", "leaver");
        Assert.NotNull(await bench.Host.InStoreAsync(db => db.Set<UpstreamSession>().Where(s => s.Subject == "leaver").Select(s => s.ProtectedIdToken).SingleAsync()));
        await browser.OpenAsync("/signout");
        var away = await browser.SubmitAsync("Sign out");
        Assert.Equal($"{bench.Peer.Issuer}/endsession", away.Url.GetLeftPart(UriPartial.Path));
        Assert.Equal((Peer.ClientId, $"{bench.Host.Issuer}federation/leaving/signed-out"), (away.Query("client_id"), away.Query("post_logout_redirect_uri")));
        Assert.Equal("leaver", RelyingParty.Claims(away.Query("id_token_hint")).GetProperty("sub").GetString());
        Assert.False(await IsSignedInAsync(browser));
        Assert.Empty(await bench.Host.InStoreAsync(db => db.Set<UpstreamSession>().Where(s => s.Subject == "leaver").ToListAsync()));
        var back = await browser.OpenAsync($"/federation/leaving/signed-out?state={Uri.EscapeDataString(away.Query("state"))}");
        Assert.Equal(("/signed-out", "You are signed out"), (back.Url.AbsolutePath, back.Heading));
    }

    [Fact]
    public async Task Who_signs_out_at_a_client_is_back_there_in_the_end()
    {
        bench.Peer.Token = null;
        bench.Peer.Person = new() { ["sub"] = "from a client" };
        using var browser = new Browser(bench.Host);
        var client = new RelyingParty(bench.Host, "trusted");
        var page = await bench.SignInAsync(browser, "leaving", client.AuthorizeUrl());
        var hint = (await client.RedeemAsync(page.Query("code")))["id_token"]!;
        var away = await browser.OpenAsync($"/connect/endsession?id_token_hint={hint}&client_id=trusted&post_logout_redirect_uri={Uri.EscapeDataString("https://client.test/bye")}&state=mine");
        Assert.Equal($"{bench.Peer.Issuer}/endsession", away.Url.GetLeftPart(UriPartial.Path));
        var bye = await browser.OpenAsync($"/federation/leaving/signed-out?state={Uri.EscapeDataString(away.Query("state"))}");
        Assert.Equal(("https://client.test/bye", "mine"), (bye.Url.GetLeftPart(UriPartial.Path), bye.Query("state")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?state=/evil")]
    [InlineData("?state=https%3A%2F%2Fevil.test")]
    public async Task What_comes_back_without_our_word_leads_to_our_own_page(string query)
    {
        using var browser = new Browser(bench.Host);
        Assert.Equal("/signed-out", (await browser.OpenAsync("/federation/leaving/signed-out" + query)).Url.AbsolutePath);
    }

    [Fact]
    public async Task Where_the_provider_is_not_told_the_sign_out_ends_here()
    {
        using var browser = await SignedInAsync("peer", "quiet", "quiet");
        await browser.OpenAsync("/signout");
        Assert.Equal("/signed-out", (await browser.SubmitAsync("Sign out")).Url.AbsolutePath);
        Assert.Null(await bench.Host.InStoreAsync(db => db.Set<UpstreamSession>().Where(s => s.ProtectedIdToken != null && s.Subject == "quiet").FirstOrDefaultAsync()));
    }

    private async Task<Browser> SignedInAsync(string provider, string subject, string sid)
    {
        bench.Peer.Token = null;
        bench.Peer.Person = new() { ["sub"] = subject, ["sid"] = sid };
        var browser = new Browser(bench.Host);
        Assert.NotEmpty((await bench.SignInAsync(browser, provider)).Query("code"));
        return browser;
    }

    private async Task<bool> IsSignedInAsync(Browser browser) =>
        (await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl("openid", ("prompt", "none")))).Query("code").Length > 0;

    private Task<HttpResponseMessage> PostAsync(string provider, string token) =>
        bench.Host.Http.PostAsync($"/federation/{provider}/backchannel-logout", new FormUrlEncodedContent([new("logout_token", token)]));

    private static string With(SecurityTokenDescriptor token, params Action[] changes)
    {
        foreach (var change in changes)
            change();
        return Peer.Sign(token);
    }
}
