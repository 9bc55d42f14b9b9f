using System.Net;
using System.Text.Json;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using Xunit;

namespace IdentityProvider.Tests.Authorize;

/// <summary>How an answer comes to the client: by query or by form, always with the issuer (RFC 9207), never with a token.</summary>
public sealed class AnsweringClients(SignedInServer server) : IClassFixture<SignedInServer>
{
    private readonly IdpHost host = server.Host;
    private readonly RelyingParty client = new(server.Host, "trusted");

    private string Issuer => host.Issuer.ToString().TrimEnd('/');

    private static Dictionary<string, string> Fields(BrowserPage page) =>
        page.Document.QuerySelectorAll("form input[type=hidden]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!);

    [Theory]
    [InlineData(null)]
    [InlineData("query")]
    public async Task By_query(string? mode)
    {
        var page = await server.Browser.OpenAsync(client.AuthorizeUrl("openid", ("response_mode", mode)));
        Assert.Equal(["code", "iss", "state"], System.Web.HttpUtility.ParseQueryString(page.Url.Query).AllKeys.Order());
        Assert.Equal((client.State, Issuer, ""), (page.Query("state"), page.Query("iss"), page.Url.Fragment));
        Assert.Equal(HttpStatusCode.OK, (await client.RedeemAsync(page.Query("code"))).Status);
        Assert.Equal("no-store", page.Response.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task By_form()
    {
        var page = await server.Browser.OpenAsync(client.AuthorizeUrl("openid", ("response_mode", "form_post")));
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal(client.RedirectUri, page.Document.QuerySelector("form")!.GetAttribute("action"));
        var fields = Fields(page);
        Assert.Equal(["code", "iss", "state"], fields.Keys.Order());
        Assert.Equal((client.State, Issuer), (fields["state"], fields["iss"]));
        Assert.Equal(HttpStatusCode.OK, (await client.RedeemAsync(fields["code"])).Status);
        Assert.Contains("form-action https://client.test;", page.Response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("no-store", page.Response.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData("prompt", "none", "login_required")]
    [InlineData("scope", "openid unknown", "invalid_scope")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("resource", "https://unknown.test", "invalid_target")]
    public async Task An_error_comes_by_form_too_where_a_form_was_asked_for(string name, string? value, string error)
    {
        using var stranger = new Browser(host);
        var page = await stranger.OpenAsync(client.AuthorizeUrl("openid", ("response_mode", "form_post"), (name, value)));
        var fields = Fields(page);
        Assert.Equal((error, client.State, Issuer), (fields["error"], fields["state"], fields["iss"]));
        Assert.NotEmpty(fields["error_description"]);
    }

    /// <summary>A state that is markup is text in the form and in the address.</summary>
    [Fact]
    public async Task What_the_client_sent_comes_back_as_text()
    {
        const string State = "\"><script>alert(1)</script>&code=forged#x";
        var form = await server.Browser.OpenAsync(client.AuthorizeUrl("openid", ("response_mode", "form_post"), ("state", State)));
        Assert.Equal(State, Fields(form)["state"]);
        Assert.Single(form.Document.QuerySelectorAll("script"));
        var query = await server.Browser.OpenAsync(client.AuthorizeUrl("openid", ("state", State)));
        Assert.Equal(State, query.Query("state"));
        Assert.NotEqual("forged", query.Query("code"));
    }

    [Theory]
    [InlineData("fragment")]
    [InlineData("web_message")]
    [InlineData("query.jwt")]
    [InlineData("form_post.jwt")]
    [InlineData("jwt")]
    [InlineData("FORM_POST")]
    public async Task Any_other_way_is_refused_by_query(string mode)
    {
        var page = await server.Browser.OpenAsync(client.AuthorizeUrl("openid", ("response_mode", mode)));
        Assert.Equal(("invalid_request", client.State, Issuer, ""), (page.Query("error"), page.Query("state"), page.Query("iss"), page.Url.Fragment));
        Assert.Empty(page.Query("code"));
    }

    [Theory]
    [InlineData("token")]
    [InlineData("id_token")]
    [InlineData("id_token token")]
    [InlineData("code token")]
    [InlineData("code id_token")]
    [InlineData("code id_token token")]
    [InlineData("none")]
    [InlineData("Code")]
    public async Task Implicit_and_hybrid_are_refused_in_every_mode(string type)
    {
        foreach (var mode in new[] { null, "query", "form_post", "fragment" })
        {
            var page = await server.Browser.OpenAsync(client.AuthorizeUrl("openid", ("response_type", type), ("response_mode", mode)));
            var error = mode == "form_post" ? Fields(page)["error"] : page.Query("error");
            Assert.Contains(error, mode == "fragment" ? ["unsupported_response_type", "invalid_request"] : new[] { "unsupported_response_type" });
            Assert.DoesNotContain("token=", page.Url.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("password", "unsupported_grant_type")]
    [InlineData("implicit", "unsupported_grant_type")]
    [InlineData("urn:ietf:params:oauth:grant-type:jwt-bearer", "unsupported_grant_type")]
    [InlineData("urn:ietf:params:oauth:grant-type:saml2-bearer", "unsupported_grant_type")]
    [InlineData("", "invalid_request")]
    [InlineData(null, "invalid_request")]
    public async Task Password_and_other_grants_are_refused(string? grant, string error)
    {
        var answer = await client.TokenAsync(("grant_type", grant), ("username", "ada"), ("password", TestDocument.Password), ("scope", "openid"));
        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));
        Assert.NotEmpty(answer["error_description"]!);
    }

    [Fact]
    public async Task None_of_them_is_advertised()
    {
        using var metadata = JsonDocument.Parse(await host.Http.GetStringAsync("/.well-known/openid-configuration"));
        string[] Values(string name) => [.. metadata.RootElement.GetProperty(name).EnumerateArray().Select(v => v.GetString()!).Order(StringComparer.Ordinal)];
        Assert.Equal(["code"], Values("response_types_supported"));
        Assert.Equal(["form_post", "query"], Values("response_modes_supported"));
        Assert.Equal(["S256"], Values("code_challenge_methods_supported"));
        Assert.Equal(["authorization_code", "client_credentials", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:token-exchange"], Values("grant_types_supported"));
        Assert.True(metadata.RootElement.GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
    }
}
