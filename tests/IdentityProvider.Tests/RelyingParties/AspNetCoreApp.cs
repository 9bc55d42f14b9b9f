using System.Net;
using System.Security.Claims;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace IdentityProvider.Tests.RelyingParties;

/// <summary>A web app with ASP.NET Core's OpenID Connect handler and an API with its JwtBearer handler.</summary>
public sealed class AspNetCoreApp : IAsyncLifetime
{
    private readonly Uri appUrl = new($"http://localhost:{IdpHost.FreePort()}");
    private IdpHost host = null!;
    private WebApplication app = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(new IdpSetup
        {
            Document = TestDocument.Json.Replace(TestDocument.Callback, new Uri(appUrl, "/signin-oidc").ToString(), StringComparison.Ordinal)
                .Replace("https://client.test/bye", new Uri(appUrl, "/signout-callback-oidc").ToString(), StringComparison.Ordinal),
        });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(appUrl.ToString());
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie()
            .AddOpenIdConnect(Configure)
            .AddJwtBearer("api", o => Configure(o, TestDocument.Api))
            .AddJwtBearer("other", o => Configure(o, TestDocument.OtherApi));
        builder.Services.AddAuthorization();
        app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/login", (string? mode) => Results.Challenge(new AuthenticationProperties { RedirectUri = "/me", Items = { ["mode"] = mode } }, [OpenIdConnectDefaults.AuthenticationScheme]));
        app.MapGet("/me", async (HttpContext http) => $"{http.User.FindFirstValue("name")} {http.User.FindFirstValue("email")} {await http.GetTokenAsync("access_token")}");
        app.MapGet("/logout", () => Results.SignOut(new AuthenticationProperties { RedirectUri = "/" }, [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]));
        app.MapGet("/api", (HttpContext http) => http.User.FindFirstValue("sub")).RequireAuthorization(p => p.AddAuthenticationSchemes("api").RequireAuthenticatedUser());
        app.MapGet("/other", () => "other").RequireAuthorization(p => p.AddAuthenticationSchemes("other").RequireAuthenticatedUser());
        await app.StartAsync();
    }

    private void Configure(OpenIdConnectOptions options)
    {
        options.Authority = host.Issuer.ToString();
        options.RequireHttpsMetadata = false;
        options.ClientId = "trusted";
        options.ClientSecret = TestDocument.Secret;
        options.ResponseType = "code";
        options.Scope.Add("email");
        options.Scope.Add("notes:read");
        options.SaveTokens = true;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.MapInboundClaims = false;
        options.Events.OnRedirectToIdentityProvider = context =>
        {
            context.ProtocolMessage.ResponseMode = context.Properties.Items["mode"] ?? "form_post";
            return Task.CompletedTask;
        };

        // http on localhost: the handler's cookies would be SameSite=None, which needs https.
        options.NonceCookie.SameSite = options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SecurePolicy = options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.None;
    }

    private void Configure(JwtBearerOptions options, string audience)
    {
        options.Authority = host.Issuer.ToString();
        options.RequireHttpsMetadata = false;
        options.Audience = audience;
        options.MapInboundClaims = false;
        options.TokenValidationParameters.ValidTypes = ["at+jwt"];
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData("query")]
    [InlineData("form_post")]
    public async Task Signs_a_person_in_calls_the_api_and_signs_out(string mode)
    {
        using var browser = new Browser(host);
        var page = await FollowAsync(browser, new Uri(appUrl, $"/login?mode={mode}"));
        Assert.Equal("/login", page.Url.AbsolutePath);
        page = await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        if (page.Document.QuerySelector("form[name=form]") is { } form)
            page = await browser.PostAsync(new Uri(form.GetAttribute("action")!), page.Document.QuerySelectorAll("input[type=hidden]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!));
        page = await FollowAsync(browser, page.Url);
        Assert.Equal("/me", page.Url.AbsolutePath);
        Assert.StartsWith("Ada Lovelace ada@example.test ", page.Text, StringComparison.Ordinal);

        var accessToken = page.Text.Trim().Split(' ')[^1];
        Assert.Equal(HttpStatusCode.OK, await CallAsync("/api", accessToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync("/other", accessToken));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync("/api", null));

        page = await FollowAsync(browser, new Uri(appUrl, "/logout"));
        page = await FollowAsync(browser, page.Url);
        Assert.Equal(appUrl.Port, page.Url.Port);
        page = await FollowAsync(browser, new Uri(appUrl, $"/login?mode={mode}"));
        Assert.Equal("/login", page.Url.AbsolutePath);
        Assert.Equal(host.Issuer.Port, page.Url.Port);
    }

    /// <summary>The browser rests where it leaves the server; the app's own redirects are followed here.</summary>
    private static async Task<BrowserPage> FollowAsync(Browser browser, Uri url)
    {
        var page = await browser.OpenAsync(url.ToString());
        for (var hop = 0; hop < 10 && page.Response.Headers.Location is not null; hop++)
            page = await browser.OpenAsync(page.Url.ToString());
        return page;
    }

    private async Task<HttpStatusCode> CallAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(appUrl, path));
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        return (await host.Http.SendAsync(request)).StatusCode;
    }
}
