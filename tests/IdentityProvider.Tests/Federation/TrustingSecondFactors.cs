using IdentityProvider.Claims;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Federation;

public sealed class TrustingSecondFactors(PeerBench bench) : IClassFixture<PeerBench>
{
    private const string Claims = """{"id_token":{"acr":{"essential":true,"values":["urn:identityprovider:acr:mfa"]}}}""";

    [Theory]
    [InlineData("peer", true, "/mfa/set-up")]
    [InlineData("sure", false, "/mfa/set-up")]
    [InlineData("sure", true, "/callback")]
    public async Task A_second_factor_given_elsewhere_counts_where_the_operator_says_so(string provider, bool given, string page)
    {
        bench.Peer.Token = null;
        bench.Peer.Person = new() { ["sub"] = $"{provider} {given}" };
        if (given)
            bench.Peer.Person["amr"] = new[] { "pwd", "otp", "mfa" };
        using var browser = new Browser(bench.Host);
        var client = new RelyingParty(bench.Host, "trusted");
        var back = await browser.OpenAsync((await bench.AnswerAsync(browser, provider, client.AuthorizeUrl("openid", ("claims", Claims)))).ToString());
        Assert.Equal(page, back.Url.AbsolutePath);
        if (page != "/callback")
            return;
        var token = RelyingParty.Claims((await client.RedeemAsync(back.Query("code")))["id_token"]!);
        Assert.Equal(Acr.MultiFactor, token.GetProperty("acr").GetString());
        Assert.Equal(["fed", "mfa"], token.GetProperty("amr").EnumerateArray().Select(m => m.GetString()!));
    }
}
