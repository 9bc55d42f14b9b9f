using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.SignIn;

/// <summary>However many come at once, over whichever node and by whichever page: five tries are looked at.</summary>
public sealed class CountingTries
{
    [Theory]
    [MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Of_50_parallel_tries_over_two_nodes_and_all_pages_that_ask_for_the_password_5_are_checked(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        var setup = new IdpSetup { Database = database.Options, Issuer = new Uri($"http://localhost:{IdpHost.FreePort()}"), Settings = { ["Users:HashQueueSeconds"] = "60" } };
        await using var first = await IdpHost.StartAsync(setup);
        await using var second = await IdpHost.StartAsync(setup with { Port = IdpHost.FreePort() });

        // A sign-in for a client, for the account, for a device and in order to confirm a sensitive change, by each of the names of one account.
        string[] doors = [new RelyingParty(first, "trusted").AuthorizeUrl(), "/account", "/device?user_code=", "/account/password"];
        string[] names = ["ada", "ADA", "ada@example.test", "Ada@Example.test", "\uFF41\uFF44\uFF41"];
        var forms = new List<(string Path, string Cookie, Dictionary<string, string> Fields)>();
        foreach (var door in doors)
        {
            using var browser = new Browser(first);
            var page = await browser.OpenAsync(door);
            if (page.Url.AbsolutePath == "/device")
            {
                var code = await new RelyingParty(first, "device").PostAsync("/connect/device", ("scope", "openid profile"));
                page = await browser.SubmitAsync("Continue", ("user_code", code["user_code"]!));
            }

            Assert.Equal("/login", page.Url.AbsolutePath);
            forms.Add((page.Url.PathAndQuery, browser.Cookies.GetCookieHeader(first.Issuer), page.Document.QuerySelector("#password")!.Closest("form")!
                .QuerySelectorAll("input[type=hidden]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!)));
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => TryAsync(i % 2 == 0 ? first : second, forms[i % forms.Count], names[i % names.Length], "wrong")));
        Assert.Equal((5, 45), (answers.Count(a => a.Contains("The name or the password is not right", StringComparison.Ordinal)), answers.Count(a => a.Contains("Too many attempts", StringComparison.Ordinal))));
        foreach (var node in new[] { first, second })
            Assert.Contains("Too many attempts", await TryAsync(node, forms[0], "ada", TestDocument.Password), StringComparison.Ordinal);
    }

    private static async Task<string> TryAsync(IdpHost node, (string Path, string Cookie, Dictionary<string, string> Fields) form, string name, string password)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, form.Path) { Content = new FormUrlEncodedContent([.. form.Fields, new("username", name), new("password", password)]) };
        request.Headers.Host = node.Issuer.Authority;
        request.Headers.Add("Cookie", form.Cookie);
        using var answer = await node.Http.SendAsync(request);
        return await answer.Content.ReadAsStringAsync();
    }
}
