using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;
using Xunit;

namespace IdentityProvider.Tests.Pages;

/// <summary>Whole ways through the pages: script on and off, keyboard alone, 320 px.</summary>
[Collection(WalksCollection.Name)]
public sealed class WalkingThrough(Windows chromium) : IAsyncLifetime
{
    private IdpHost host = null!;
    private WebApplication client = null!;
    private string clientUrl = "";

    public async Task InitializeAsync()
    {
        clientUrl = $"http://localhost:{IdpHost.FreePort()}";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(clientUrl);
        client = builder.Build();
        client.MapGet("/", () => Results.Content("<!doctype html><title>App</title><h1>App</h1>", "text/html"));
        client.Map("/callback", async (HttpContext http) =>
        {
            var code = http.Request.HasFormContentType ? (await http.Request.ReadFormAsync())["code"] : http.Request.Query["code"];
            var error = http.Request.HasFormContentType ? (await http.Request.ReadFormAsync())["error"] : http.Request.Query["error"];
            return Results.Content($"<!doctype html><title>App</title><h1>Back with {(code.Count > 0 ? "a code" : error.ToString())}</h1>", "text/html");
        });
        await client.StartAsync();
        host = await IdpHost.StartAsync(new IdpSetup
        {
            Document = TestDocument.Json.Replace(TestDocument.Callback, $"{clientUrl}/callback", StringComparison.Ordinal).Replace("\"https://client.test\"", $"\"{clientUrl}\"", StringComparison.Ordinal),
        });
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await client.DisposeAsync();
    }

    private string Url(string clientId = "web", string scope = "openid profile email notes:read", params (string Name, string? Value)[] changes) =>
        host[new RelyingParty(host, clientId, $"{clientUrl}/callback").AuthorizeUrl(scope, changes)].ToString();

    /// <summary>Dark and forced colours are looked at page by page in <see cref="LookingAtPages"/>.</summary>
    public static TheoryData<string, int, bool> Looks => new()
    {
        { "light", 1000, true },
        { "small-noscript", 320, false },
    };

    [ChromiumTheory]
    [MemberData(nameof(Looks))]
    public async Task Every_page_of_a_sign_in_is_whole(string look, int width, bool script)
    {
        await using var window = await chromium.OpenAsync(host.Issuer, new()
        {
            ViewportSize = new() { Width = width, Height = width == 320 ? 640 : 760 },
            JavaScriptEnabled = script,
        });
        var page = window.Page;
        Task Check(string name) => window.CheckAsync($"walk-{name}-{look}");

        await page.GotoAsync(host["/"].ToString());
        await Check("welcome");
        await page.GotoAsync(host["/login"].ToString());
        await Check("expired");
        await page.GotoAsync(Url(changes: ("redirect_uri", "https://client.test/callbak")));
        await Check("error");
        await page.GotoAsync(Url());
        await Check("login");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByText("Enter your password").First.WaitForAsync();
        Assert.StartsWith("Error: ", await page.TitleAsync(), StringComparison.Ordinal);
        await Check("login-errors");
        await page.FillAsync("#username", "ada");
        await page.FillAsync("#password", TestDocument.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.ArriveAsync("**/consent**");
        await Check("consent");
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();
        await page.ArriveAsync($"{clientUrl}/callback**");
        Assert.Equal("Back with a code", await page.InnerTextAsync("h1"));

        await page.GotoAsync(Url(changes: ("prompt", "select_account")));
        await Check("account");
        await page.GotoAsync(Url(changes: ("prompt", "login")));
        await Check("login-again");
        await page.GotoAsync(host["/device"].ToString());
        await Check("device");
        var tv = await new RelyingParty(host, "device").PostAsync("/connect/device", ("scope", "openid notes:read"));
        await page.FillAsync("#user_code", tv["user_code"]!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).WaitForAsync();
        await Check("device-approve");
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await page.ArriveAsync("**/device?done=Approved");
        await Check("device-done");
        await page.GotoAsync(host["/signout"].ToString());
        await Check("signout");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.ArriveAsync("**/signed-out");
        await Check("signed-out");
    }

    [ChromiumFact]
    public async Task A_person_signs_in_by_keyboard_alone()
    {
        await using var window = await chromium.OpenAsync(host.Issuer);
        var page = window.Page;
        await page.GotoAsync(Url());
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("Enter your password").First.WaitForAsync();
        Assert.Equal("alert", await page.EvaluateAsync<string>("document.activeElement.getAttribute('role')"));

        await page.FocusAsync("#username");
        await page.Keyboard.TypeAsync("ada");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(TestDocument.Password);
        Assert.NotEqual("none", await page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"));
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync("**/consent**");
        for (var i = 0; i < 20 && await page.EvaluateAsync<string>("document.activeElement.textContent.trim()") != "Allow"; i++)
            await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync($"{clientUrl}/callback**");
        Assert.Equal("Back with a code", await page.InnerTextAsync("h1"));
    }

    [ChromiumFact]
    public async Task A_second_factor_and_a_form_post_reach_the_client()
    {
        await using var window = await chromium.OpenAsync(host.Issuer);
        var page = window.Page;
        await page.GotoAsync(Url("trusted", "openid", ("response_mode", "form_post")));
        await page.FillAsync("#username", "otp");
        await page.FillAsync("#password", TestDocument.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync("**/mfa**");
        await window.CheckAsync("walk-mfa");
        await page.FillAsync("#code", "000000");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByText("This code is not right").First.WaitForAsync();
        await window.CheckAsync("walk-mfa-error");
        await page.FillAsync("#code", new OtpNet.Totp(OtpNet.Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp());
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync($"{clientUrl}/callback");
        Assert.Equal("Back with a code", await page.InnerTextAsync("h1"));
    }

    [ChromiumFact]
    public async Task A_no_reaches_the_client_and_the_device()
    {
        await using var window = await chromium.OpenAsync(host.Issuer);
        var page = window.Page;
        await page.GotoAsync(Url());
        await page.FillAsync("#username", "grace");
        await page.FillAsync("#password", TestDocument.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.ArriveAsync("**/consent**");
        await page.GetByRole(AriaRole.Button, new() { Name = "Deny" }).ClickAsync();
        await page.ArriveAsync($"{clientUrl}/callback**");
        Assert.Equal("Back with access_denied", await page.InnerTextAsync("h1"));
    }
}
