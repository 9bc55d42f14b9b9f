using System.Text.Json.Nodes;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IdentityProvider.Tests.Testing;

namespace IdentityProvider.Tests.Passkeys;

/// <summary>The ceremonies by raw requests: what the script of a page would do.</summary>
internal static class PasskeyRoads
{
    /// <summary>Signs in with the password, opens the page that adds a passkey and sends what the authenticator says.</summary>
    public static async Task<BrowserPage> AddPasskeyAsync(this Browser browser, SoftwareAuthenticator authenticator, string username = "ada")
    {
        var page = await browser.OpenAccountAsync("/account/passkeys/add", username);
        var form = page.Document.QuerySelector<IHtmlFormElement>("form[data-passkey=create]")!;
        return await browser.SubmitAsync("Create a passkey", ("credential", authenticator.Create(form.Dataset["options"]!)));
    }

    /// <summary>Goes to the sign-in page of an account page.</summary>
    public static Task<BrowserPage> OpenLoginAsync(this Browser browser, string path = "/account/passkeys") => browser.OpenAsync(path);

    /// <summary>Options and handle, as the script of the sign-in page fetches them.</summary>
    public static async Task<(string Options, string Challenge)> FetchOptionsAsync(this Browser browser, IdpHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, host["/passkey/options"]);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.TryAddWithoutValidation("Cookie", browser.Cookies.GetCookieHeader(host.Issuer));
        using var answer = await host.Http.SendAsync(request);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            browser.Cookies.SetCookies(host.Issuer, cookie);
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return ((string)json["options"]!, (string)json["challenge"]!);
    }

    /// <summary>Presses the passkey button of the page the browser is on, with the authenticator's answer to fresh options.</summary>
    public static async Task<BrowserPage> UsePasskeyAsync(this Browser browser, IdpHost host, SoftwareAuthenticator authenticator)
    {
        var (options, challenge) = await browser.FetchOptionsAsync(host);
        return await browser.AnswerAsync(authenticator.Get(options), challenge);
    }

    public static Task<BrowserPage> AnswerAsync(this Browser browser, string credential, string challenge) =>
        browser.SubmitAsync(browser.Page.Document.QuerySelector("form[data-passkey=get] button")!.TextContent.Trim(), ("credential", credential), ("challenge", challenge));

    /// <summary>Answers the page that asks for a passkey after the password.</summary>
    public static Task<BrowserPage> ShowPasskeyAsync(this Browser browser, SoftwareAuthenticator authenticator) => browser.ShowPasskeyAsync(authenticator.Get);

    public static Task<BrowserPage> ShowPasskeyAsync(this Browser browser, Func<string, string> answer)
    {
        var form = browser.Page.Document.QuerySelector<IHtmlFormElement>("form[data-passkey=get]")!;
        return browser.SubmitAsync(form.QuerySelector("button")!.TextContent.Trim(), ("credential", answer(form.Dataset["options"]!)));
    }

    public static SoftwareAuthenticator Authenticator(this IdpHost host) => new(host.Issuer.GetLeftPart(UriPartial.Authority));
}
