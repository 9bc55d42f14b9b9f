using System.Net;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace IdentityProvider.Tests.Testing;

/// <summary>A page as a browser came to rest on it.</summary>
internal sealed record BrowserPage(Uri Url, HttpStatusCode Status, HttpResponseMessage Response, IDocument Document)
{
    public string Title => Document.Title ?? "";
    public string Heading => Document.QuerySelector("h1")?.TextContent.Trim() ?? "";
    public string Text => Document.Body?.TextContent ?? "";
    public string Query(string name) => System.Web.HttpUtility.ParseQueryString(Url.Query)[name] ?? "";
}

/// <summary>
/// A browser without script: keeps cookies, follows redirects and Refresh headers within the server, posts the forms it was
/// shown with their hidden fields, and rests where a redirect leaves the server.
/// </summary>
internal sealed class Browser(Uri issuer, HttpMessageHandler? way = null) : IDisposable
{
    private readonly CookieContainer cookies = new();
    private readonly HttpClient http = new(way ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public Browser(IdpHost host)
        : this(host.Issuer)
    {
    }

    public BrowserPage Page { get; private set; } = null!;

    /// <summary>Where it is, as a proxy says it to a server that believes proxies.</summary>
    public string? Address { get; init; }

    /// <summary>Cookies by name, to be looked at or taken over.</summary>
    public CookieContainer Cookies => cookies;

    public Task<BrowserPage> OpenAsync(string pathOrUrl) => GoAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(issuer, pathOrUrl)));

    /// <summary>Fills the form that has a button of this text and presses it.</summary>
    public Task<BrowserPage> SubmitAsync(string button, params (string Name, string Value)[] fields)
    {
        var pressed = Page.Document.QuerySelectorAll<IHtmlButtonElement>("button").FirstOrDefault(b => b.TextContent.Trim().StartsWith(button, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"There is no button '{button}' on: {Page.Text}");
        var form = pressed.Form!;
        var values = form.Elements.SelectMany(Sent).Where(v => !fields.Any(f => f.Name == v.Key))
            .Concat(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        var action = pressed.GetAttribute("formaction") ?? form.GetAttribute("action") ?? "";
        return PostAsync(new Uri(Page.Url, action.Length > 0 ? action : Page.Url.PathAndQuery), values);
    }

    public Task<BrowserPage> PostAsync(Uri url, IEnumerable<KeyValuePair<string, string>> values) =>
        GoAsync(new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(values) });

    public async Task<BrowserPage> GoAsync(HttpRequestMessage request)
    {
        for (var hop = 0; hop < 20; hop++)
        {
            var url = request.RequestUri!;
            if (cookies.GetCookieHeader(url) is { Length: > 0 } header)
                request.Headers.TryAddWithoutValidation("Cookie", header);
            if (Address is not null)
                request.Headers.TryAddWithoutValidation("X-Forwarded-For", Address);
            var response = await http.SendAsync(request);
            foreach (var cookie in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
                cookies.SetCookies(url, cookie);
            Page = new BrowserPage(url, response.StatusCode, response, await ParseAsync(url, response));
            if (Next(url, response) is not { } next)
                return Page;
            if (!issuer.IsBaseOf(next))
                return Page = Page with { Url = next };
            request = new HttpRequestMessage(HttpMethod.Get, next);
        }

        throw new InvalidOperationException($"Redirected without end, last at {Page.Url}.");
    }

    private static IEnumerable<KeyValuePair<string, string>> Sent(IElement element) => element switch
    {
        IHtmlInputElement { Name: { Length: > 0 } name } input => input.Type is not ("checkbox" or "radio") || input.IsChecked ? [KeyValuePair.Create(name, input.Value)] : [],
        IHtmlTextAreaElement { Name: { Length: > 0 } name } text => [KeyValuePair.Create(name, text.Value)],
        IHtmlSelectElement { Name: { Length: > 0 } name } choice => [KeyValuePair.Create(name, choice.Value ?? "")],
        _ => [],
    };

    private static Uri? Next(Uri url, HttpResponseMessage response)
    {
        if (response.Headers.Location is { } location)
            return new Uri(url, location);
        return response.Headers.TryGetValues("Refresh", out var refresh) ? new Uri(url, refresh.Single().Split("url=", 2)[1]) : null;
    }

    private static async Task<IDocument> ParseAsync(Uri url, HttpResponseMessage response)
    {
        var html = await response.Content.ReadAsStringAsync();
        return await BrowsingContext.New(Configuration.Default).OpenAsync(r => r.Content(html).Address(url));
    }

    public void Dispose() => http.Dispose();
}
