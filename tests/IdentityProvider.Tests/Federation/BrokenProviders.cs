using System.Buffers.Text;
using System.Text;
using IdentityProvider.Federation;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityProvider.Tests.Federation;

public sealed class BrokenProviders(PeerBench bench) : IClassFixture<PeerBench>
{
    private static readonly Dictionary<string, Func<SecurityTokenDescriptor, string>> Wrong = new()
    {
        ["nonce"] = t => With(t, () => t.Claims["nonce"] = "another"),
        ["no nonce"] = t => With(t, () => t.Claims.Remove("nonce")),
        ["issuer"] = t => With(t, () => t.Issuer = "https://elsewhere.test"),
        ["audience"] = t => With(t, () => t.Audience = "another"),
        ["azp"] = t => With(t, () => t.Claims["azp"] = "another"),
        ["expired"] = t => With(t, () => t.Expires = t.IssuedAt!.Value.AddMinutes(-3), () => t.NotBefore = t.IssuedAt!.Value.AddMinutes(-9)),
        ["not yet"] = t => With(t, () => t.NotBefore = t.IssuedAt!.Value.AddMinutes(3)),
        ["another's key"] = t => With(t, () => t.SigningCredentials = new SigningCredentials(Peer.NewKey(), SecurityAlgorithms.EcdsaSha256)),
        ["HS256"] = t => With(t, () => t.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(Encoding.ASCII.GetBytes(Peer.Secret)), SecurityAlgorithms.HmacSha256)),
        ["none"] = t =>
        {
            var payload = Peer.Sign(t).Split('.')[1];
            return $"{Base64Url.EncodeToString("""{"alg":"none","typ":"JWT"}"""u8)}.{payload}.";
        },
        ["no subject"] = t => With(t, () => t.Claims.Remove("sub")),
        ["no token"] = _ => "",
    };

    public static TheoryData<string> Faults => [.. Wrong.Keys];

    [Theory, MemberData(nameof(Faults))]
    public async Task A_wrong_token_signs_nobody_in(string fault)
    {
        bench.Peer.Token = Wrong[fault];
        var page = await SignInAsync(Guid.CreateVersion7().ToString());
        Assert.Equal("/login", page.Url.AbsolutePath);
        Assert.Contains("Peer did not confirm who you are.", page.Text, StringComparison.Ordinal);
        Assert.Contains("Error id:", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_were_exchanged_are_read_again_in_the_same_sign_in()
    {
        bench.Peer.Token = null;
        Assert.NotEmpty((await SignInAsync("rotating")).Query("code"));
        bench.Peer.Rotate();
        bench.Clock.Advance(TimeSpan.FromSeconds(11));
        var read = bench.Peer.Discoveries;
        Assert.NotEmpty((await SignInAsync("rotating")).Query("code"));
        Assert.NotEmpty((await SignInAsync("rotating")).Query("code"));
        Assert.Equal(read + 1, bench.Peer.Discoveries);
    }

    [Fact]
    public async Task A_code_of_another_sign_in_is_refused_and_the_providers_words_are_not_shown()
    {
        bench.Peer.Token = null;
        bench.Peer.Person = new() { ["sub"] = "swapped" };
        using var browser = new Browser(bench.Host);
        var mine = await AnswerAsync(browser);
        using var other = new Browser(bench.Host);
        var theirs = System.Web.HttpUtility.ParseQueryString((await AnswerAsync(other)).Query);
        var page = await browser.OpenAsync($"{mine.AbsolutePath}?code={theirs["code"]}&state={Uri.EscapeDataString(System.Web.HttpUtility.ParseQueryString(mine.Query)["state"]!)}");
        Assert.Contains("Peer did not confirm who you are.", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("alert(1)", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("access_denied", "You stopped the sign-in at Peer.")]
    [InlineData("server_error", "Peer did not confirm who you are.")]
    public async Task An_error_of_the_provider_ends_on_the_sign_in_page(string error, string says)
    {
        using var browser = new Browser(bench.Host);
        var answer = await AnswerAsync(browser);
        var state = System.Web.HttpUtility.ParseQueryString(answer.Query)["state"]!;
        var page = await browser.OpenAsync($"{answer.AbsolutePath}?error={error}&error_description=%3Cb%3Ebold%3C%2Fb%3E&state={Uri.EscapeDataString(state)}");
        Assert.Contains(says, page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("bold", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_of_more_than_a_megabyte_and_one_that_breaks_off_sign_nobody_in()
    {
        try
        {
            bench.Peer.TokenEndpoint = http => http.Response.WriteAsync(new string(' ', 1_100_000));
            Assert.Equal("/login", (await SignInAsync("large")).Url.AbsolutePath);
            bench.Peer.TokenEndpoint = http =>
            {
                http.Abort();
                return Task.CompletedTask;
            };
            Assert.Contains("Peer cannot be reached right now.", (await SignInAsync("aborted")).Text, StringComparison.Ordinal);
        }
        finally
        {
            bench.Peer.TokenEndpoint = null;
        }

        Assert.Equal(TimeSpan.FromSeconds(5), bench.Catalog.Find("peer")!.Options.Backchannel.Timeout);
    }

    [Fact]
    public async Task A_provider_that_takes_half_a_minute_is_waited_for_five_seconds()
    {
        try
        {
            bench.Peer.TokenEndpoint = http => Task.Delay(TimeSpan.FromSeconds(30), http.RequestAborted);
            var asked = System.Diagnostics.Stopwatch.StartNew();
            Assert.Contains("Peer cannot be reached right now.", (await SignInAsync("slow")).Text, StringComparison.Ordinal);
            Assert.InRange(asked.Elapsed, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(20));
        }
        finally
        {
            bench.Peer.TokenEndpoint = null;
        }
    }

    [Fact]
    public async Task Redirects_of_a_provider_are_not_followed()
    {
        var asked = 0;
        try
        {
            bench.Peer.TokenEndpoint = http =>
            {
                Interlocked.Increment(ref asked);
                http.Response.Redirect(bench.Peer.Issuer + "/token", permanent: false, preserveMethod: true);
                return Task.CompletedTask;
            };
            Assert.Contains("Peer did not confirm who you are.", (await SignInAsync("loop")).Text, StringComparison.Ordinal);
            Assert.Equal(1, asked);
        }
        finally
        {
            bench.Peer.TokenEndpoint = null;
        }
    }

    [Fact]
    public async Task A_token_of_nearly_a_megabyte_signs_nobody_in_who_is_not_in_it()
    {
        bench.Peer.Token = token => With(token, () => token.Claims["ballast"] = new string('x', 1_100_000));
        Assert.Equal("/login", (await SignInAsync("ballast")).Url.AbsolutePath);
        bench.Peer.Token = token => With(token, () => token.Claims["email"] = new string('x', 50_000) + "@example.test", () => token.Claims["name"] = new string('x', 50_000));
        Assert.NotEmpty((await SignInAsync("long words")).Query("code"));
        bench.Peer.Token = null;
    }

    [Fact]
    public async Task A_pushed_request_survives_the_detour()
    {
        bench.Peer.Token = null;
        bench.Peer.Person = new() { ["sub"] = "pushed" };
        var client = new RelyingParty(bench.Host, "pushed");
        var pushed = await client.PostAsync("/connect/par", [.. client.AuthorizeParameters("openid").Select(p => (p.Key, (string?)p.Value))]);
        using var browser = new Browser(bench.Host);
        var page = await bench.SignInAsync(browser, "peer", $"/connect/authorize?client_id=pushed&request_uri={Uri.EscapeDataString(pushed["request_uri"]!)}");
        Assert.Equal(client.State, page.Query("state"));
        var token = RelyingParty.Claims((await client.RedeemAsync(page.Query("code")))["id_token"]!);
        Assert.Equal(client.Nonce, token.GetProperty("nonce").GetString());
    }

    [Fact]
    public void Nobody_waits_for_a_provider_that_failed_five_times_until_half_a_minute_later()
    {
        var clock = new FakeTimeProvider();
        var circuit = new Circuit(clock);
        for (var i = 0; i < Circuit.Failures; i++)
        {
            Assert.False(circuit.IsOpen);
            circuit.Count(reached: false);
        }

        Assert.True(circuit.IsOpen);
        clock.Advance(Circuit.Pause);
        Assert.False(circuit.IsOpen);
        circuit.Count(reached: false);
        Assert.True(circuit.IsOpen);
        clock.Advance(Circuit.Pause);
        circuit.Count(reached: true);
        circuit.Count(reached: false);
        Assert.False(circuit.IsOpen);
    }

    [Fact]
    public async Task After_five_failures_the_button_answers_at_once_and_others_go_on()
    {
        using var browser = new Browser(bench.Host);
        var page = await browser.OpenAsync(new RelyingParty(bench.Host, "trusted").AuthorizeUrl());
        var ticket = page.Query("ticket");
        for (var i = 0; i < Circuit.Failures; i++)
            await browser.OpenAsync($"/federation/dead/start?ticket={ticket}");
        Assert.True(bench.Catalog.Find("dead")!.Circuit.IsOpen);
        Assert.Contains("Dead cannot be reached right now.", (await browser.OpenAsync($"/federation/dead/start?ticket={ticket}")).Text, StringComparison.Ordinal);
        bench.Peer.Token = null;
        Assert.NotEmpty((await SignInAsync("unaffected")).Query("code"));
    }

    private static string With(SecurityTokenDescriptor token, params Action[] changes)
    {
        foreach (var change in changes)
            change();
        return Peer.Sign(token);
    }

    private Task<Uri> AnswerAsync(Browser browser) => bench.AnswerAsync(browser, "peer");

    private async Task<BrowserPage> SignInAsync(string subject)
    {
        bench.Peer.Person = new() { ["sub"] = subject };
        using var browser = new Browser(bench.Host);
        return await browser.OpenAsync((await AnswerAsync(browser)).ToString());
    }
}
