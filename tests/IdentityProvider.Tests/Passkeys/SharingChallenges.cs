using System.Net;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using Xunit;

namespace IdentityProvider.Tests.Passkeys;

public sealed class SharingChallenges
{
    [Theory, MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task One_of_16_parallel_answers_over_two_nodes_is_taken(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider);
        using var browser = new Browser(nodes.First);
        var authenticator = nodes.First.Authenticator();
        await browser.AddPasskeyAsync(authenticator);

        var answer = await AnswerAsync(nodes.First, authenticator);
        var answers = await Task.WhenAll(Enumerable.Range(0, TwoNodes.Parallel).Select(i => Task.Run(() => answer(i % 2 == 0 ? nodes.First : nodes.Second))));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Status));
        Assert.Single(answers, a => a.SignedIn);
    }

    [Theory, MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task A_second_node_takes_what_the_first_one_asked(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider);
        using var browser = new Browser(nodes.First);
        var authenticator = nodes.First.Authenticator();
        await browser.AddPasskeyAsync(authenticator);
        Assert.True((await (await AnswerAsync(nodes.First, authenticator))(nodes.Second)).SignedIn);
    }

    [Theory, MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Of_16_answers_as_a_second_factor_over_two_nodes_one_counts(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider);
        using var browser = new Browser(nodes.First);
        var authenticator = nodes.First.Authenticator();
        authenticator.Counts = false;
        await browser.AddPasskeyAsync(authenticator);
        using var half = new Browser(nodes.First);
        var page = await half.OpenAccountAsync();
        var form = page.Document.QuerySelector("form[data-passkey=get]")!;
        Dictionary<string, string> fields = new()
        {
            ["credential"] = authenticator.Get(form.GetAttribute("data-options")!),
            ["challenge"] = form.QuerySelector("input[name=challenge]")!.GetAttribute("value")!,
            ["__RequestVerificationToken"] = form.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!,
        };
        var answers = await Task.WhenAll(Enumerable.Range(0, TwoNodes.Parallel).Select(i => Task.Run(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, page.Url.PathAndQuery) { Content = new FormUrlEncodedContent(fields) };
            request.Headers.Add("Cookie", half.Cookies.GetCookieHeader(nodes.First.Issuer));
            using var response = await (i % 2 == 0 ? nodes.First : nodes.Second).Http.SendAsync(request);
            return (response.StatusCode, SignedIn: response.Headers.Contains("Refresh"));
        })));
        Assert.All(answers, a => Assert.True((int)a.StatusCode < 500));
        Assert.Single(answers, a => a.SignedIn);
    }

    [Fact]
    public async Task A_restart_in_between_changes_nothing()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        var setup = new IdpSetup { Database = database.Options, Issuer = new Uri($"http://localhost:{IdpHost.FreePort()}") };
        SoftwareAuthenticator authenticator;
        Func<IdpHost, Task<(HttpStatusCode Status, bool SignedIn)>> answer;
        await using (var before = await IdpHost.StartAsync(setup))
        {
            using var browser = new Browser(before);
            authenticator = before.Authenticator();
            await browser.AddPasskeyAsync(authenticator);
            answer = await AnswerAsync(before, authenticator);
        }

        await using var after = await IdpHost.StartAsync(setup);
        Assert.True((await answer(after)).SignedIn);
    }

    /// <summary>An answer that is ready to be sent, to whichever node.</summary>
    private static async Task<Func<IdpHost, Task<(HttpStatusCode Status, bool SignedIn)>>> AnswerAsync(IdpHost host, SoftwareAuthenticator authenticator)
    {
        using var stranger = new Browser(host);
        var form = (await stranger.OpenLoginAsync()).Document.QuerySelector("form[data-passkey=get]")!;
        var (options, challenge) = await stranger.FetchOptionsAsync(host);
        KeyValuePair<string, string>[] fields =
        [
            new("credential", authenticator.Get(options)), new("challenge", challenge),
            new("__RequestVerificationToken", form.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!),
        ];
        var (cookies, action) = (stranger.Cookies.GetCookieHeader(host.Issuer), form.GetAttribute("action")!);
        return async node =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(fields) };
            request.Headers.Add("Cookie", cookies);
            using var response = await node.Http.SendAsync(request);
            return (response.StatusCode, response.Headers.Contains("Refresh"));
        };
    }
}
