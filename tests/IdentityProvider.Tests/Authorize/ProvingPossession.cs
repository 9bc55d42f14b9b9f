using System.Net;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using Xunit;

namespace IdentityProvider.Tests.Authorize;

/// <summary>PKCE (RFC 7636) in the variants that once worked elsewhere.</summary>
public sealed class ProvingPossession(SignedInServer server) : IClassFixture<SignedInServer>
{
    private readonly IdpHost host = server.Host;

    public static TheoryData<string?, string?> Wrong => new()
    {
        { "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "plain" },
        { "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "s256" },
        { "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S512" },
        { "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "" },
        { "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", null },
        { "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "S256" },
        { "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMM", "S256" },
        { "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", "S256" },
        { "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", "S256" },
        { "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw cM", "S256" },
        { "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw\u00e9cM", "S256" },
        { "x", "S256" },
        { "", "S256" },
        { null, "S256" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task A_challenge_is_a_SHA256_or_there_is_no_code_for_anybody(string? challenge, string? method)
    {
        foreach (var id in new[] { "trusted", "spa", "nopkce" })
        {
            var client = new RelyingParty(host, id);
            var page = await server.Browser.OpenAsync(client.AuthorizeUrl("openid", ("code_challenge", challenge), ("code_challenge_method", method)));
            Assert.Empty(page.Query("code"));
            Assert.True(page.Query("error") == "invalid_request" || (page.Status == HttpStatusCode.BadRequest && page.Text.Contains("invalid_request", StringComparison.Ordinal)), page.Text);
            if (id == "trusted")
            {
                var pushed = await client.PostAsync("/connect/par", [.. client.AuthorizeParameters("openid", ("code_challenge", challenge), ("code_challenge_method", method)).Select(p => (p.Key, (string?)p.Value))]);
                Assert.Equal((HttpStatusCode.BadRequest, "invalid_request"), (pushed.Status, pushed.Error));
            }
        }
    }

    [Theory]
    [InlineData("web")]
    [InlineData("spa")]
    [InlineData("native")]
    public async Task Confidential_public_and_native_clients_need_one_by_default(string id)
    {
        var page = await server.Browser.OpenAsync(new RelyingParty(host, id).AuthorizeUrl("openid", ("code_challenge", null), ("code_challenge_method", null)));
        Assert.Equal("invalid_request", page.Query("error"));
        Assert.Contains("code_challenge", page.Query("error_description"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_verifier_is_what_the_challenge_was_made_of_and_nothing_like_it()
    {
        var client = new RelyingParty(host, "trusted");
        var code = await server.CodeAsync(client);
        foreach (var verifier in new[] { client.Challenge, client.Verifier.ToUpperInvariant(), client.Verifier + "=", client.Verifier[..42], new string('x', 129), client.Verifier[..42] + "\u00e9" })
        {
            var refused = await client.RedeemAsync(code, ("code_verifier", verifier));
            Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
            Assert.Contains(refused.Error, new[] { "invalid_grant", "invalid_request" });
        }

        Assert.Equal(HttpStatusCode.OK, (await client.RedeemAsync(code)).Status);
    }

    /// <summary>RFC 9700 section 2.1.1: or the challenge could be taken out of the request on its way.</summary>
    [Fact]
    public async Task A_verifier_for_a_code_without_a_challenge_is_refused()
    {
        var client = new RelyingParty(host, "nopkce");
        var code = await server.CodeAsync(client, "openid", ("code_challenge", null), ("code_challenge_method", null));
        Assert.NotEmpty(code);
        var refused = await client.RedeemAsync(code);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(refused.Error, new[] { "invalid_grant", "invalid_request" });
        Assert.Equal(HttpStatusCode.OK, (await client.RedeemAsync(code, ("code_verifier", null))).Status);
    }
}
