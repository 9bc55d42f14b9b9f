using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AngleSharp.Html.Dom;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using SkiaSharp;
using Xunit;

namespace IdentityProvider.Tests.Account;

public sealed class UploadingPictures
{
    [Fact]
    public async Task A_picture_is_encoded_anew_and_served_to_whoever_knows_its_address()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var file = WithComment(Drawn(400, 300, SKEncodedImageFormat.Jpeg), "taken at home");
        Assert.Equal("/account?saved=picture", (await UploadAsync(host, browser, file)).Url.PathAndQuery);

        var client = new RelyingParty(host);
        var address = (await client.GetAsync("/connect/userinfo", (await client.TokensAsync(browser, "openid profile"))["access_token"]!))["picture"]!;
        Assert.StartsWith($"{host.Issuer}account/picture/", address, StringComparison.Ordinal);

        var answer = await host.Http.GetAsync(address);
        Assert.Equal((HttpStatusCode.OK, "image/webp"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal("public, max-age=31536000, immutable", answer.Headers.CacheControl!.ToString());
        Assert.Equal(("nosniff", "cross-origin"), (answer.Headers.GetValues("X-Content-Type-Options").Single(), answer.Headers.GetValues("Cross-Origin-Resource-Policy").Single()));
        var served = await answer.Content.ReadAsByteArrayAsync();
        Assert.DoesNotContain("taken at home", Encoding.Latin1.GetString(served), StringComparison.Ordinal);
        using var decoded = SKBitmap.Decode(served);
        Assert.Equal((256, 256), (decoded.Width, decoded.Height));
        Assert.Contains(new Uri(address).AbsolutePath, (await browser.OpenAsync("/account")).Document.QuerySelectorAll("img").Select(i => i.GetAttribute("src")));
    }

    [Fact]
    public async Task A_new_picture_has_a_new_address_and_the_old_one_is_gone()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await UploadAsync(host, browser, Drawn(10, 10, SKEncodedImageFormat.Png));
        var first = (await AdaAsync(host)).Picture!;
        await UploadAsync(host, browser, Drawn(10, 10, SKEncodedImageFormat.Webp));
        var second = (await AdaAsync(host)).Picture!;
        Assert.NotEqual(first, second);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), ((await host.Http.GetAsync(first)).StatusCode, (await host.Http.GetAsync(second)).StatusCode));

        await browser.OpenAsync("/account/picture");
        await browser.SubmitAsync("Remove the picture");
        Assert.Null((await AdaAsync(host)).Picture);
        Assert.Equal(HttpStatusCode.NotFound, (await host.Http.GetAsync(second)).StatusCode);
    }

    public static TheoryData<string, byte[], string> Refused => new()
    {
        { "nothing", [], "Choose a file" },
        { "svg", Encoding.UTF8.GetBytes("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), "Choose a JPEG" },
        { "html behind a magic number", [.. (ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G'], .. "<script>alert(1)</script>"u8], "cannot be read" },
        { "half a picture", Drawn(300, 300, SKEncodedImageFormat.Png)[..200], "cannot be read" },
        { "a small file of many pixels", Drawn(5000, 4000, SKEncodedImageFormat.Png), "megapixels" },
        { "a large file", new byte[1024 * 1024 + 1], "at most 1 MB" },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task What_is_no_picture_of_reasonable_size_is_refused_in_words(string what, byte[] file, string words)
    {
        Assert.NotEmpty(what);
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var page = await UploadAsync(host, browser, file);
        Assert.Equal((HttpStatusCode.OK, "/account/picture"), (page.Status, page.Url.AbsolutePath));
        Assert.Contains(words, page.Document.QuerySelector("#picture-error")!.TextContent, StringComparison.Ordinal);
        Assert.Null((await AdaAsync(host)).Picture);
    }

    [Fact]
    public async Task Only_the_picture_may_be_larger_than_other_forms()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAccountAsync();
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Eventually.AnsweredAsync(() => browser.PostAsync(host["/account"], [KeyValuePair.Create("name", new string('a', 70_000))]))).Status);
        var page = await Eventually.AnsweredAsync(() => UploadAsync(host, browser, new byte[3 * 1024 * 1024]));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "This is too large"), (page.Status, page.Heading));
    }

    [Fact]
    public async Task Sixteen_uploads_at_once_leave_one_picture_and_its_address()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        await browser.OpenAccountAsync("/account/picture");
        var requests = Enumerable.Range(0, 16).Select(_ => Upload(host, browser, Drawn(20, 20, SKEncodedImageFormat.Png))).ToList();
        foreach (var request in requests)
            request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(host.Issuer));
        var answers = await Task.WhenAll(requests.Select(r => host.Http.SendAsync(r)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.SeeOther, a.StatusCode));
        var names = await host.InStoreAsync(db => db.Set<IdentityProvider.Account.Picture>().Select(p => p.Name).ToListAsync());
        Assert.EndsWith(Assert.Single(names), (await AdaAsync(host)).Picture, StringComparison.Ordinal);
    }

    private static async Task<BrowserPage> UploadAsync(IdpHost host, Browser browser, byte[] file)
    {
        await browser.OpenAccountAsync("/account/picture");
        return await browser.GoAsync(Upload(host, browser, file));
    }

    private static HttpRequestMessage Upload(IdpHost host, Browser browser, byte[] file)
    {
        var token = ((IHtmlInputElement)browser.Page.Document.QuerySelector("input[name=__RequestVerificationToken]")!).Value;
        var content = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("image/png") } };
        return new HttpRequestMessage(HttpMethod.Post, host["/account/picture"])
        {
            Content = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { content, "picture", "me.png" } },
        };
    }

    private static byte[] Drawn(int width, int height, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(width, height);
        using (var canvas = new SKCanvas(bitmap))
            canvas.Clear(SKColors.Teal);
        return bitmap.Encode(format, 90).ToArray();
    }

    /// <summary>A JPEG with a comment segment right after its first marker.</summary>
    private static byte[] WithComment(byte[] jpeg, string comment) =>
        [.. jpeg[..2], 0xFF, 0xFE, 0, (byte)(comment.Length + 2), .. Encoding.ASCII.GetBytes(comment), .. jpeg[2..]];

    private static Task<User> AdaAsync(IdpHost host) => host.InStoreAsync(db => db.Set<User>().AsNoTracking().SingleAsync(u => u.UserName == "ada"));
}
