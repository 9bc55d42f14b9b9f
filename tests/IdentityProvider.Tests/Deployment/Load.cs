using System.Collections.Concurrent;
using System.Net;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Deployment;

/// <summary>
/// Services, apps that renew and browsers that sign in, all through nginx and each with one request at a time. Whoever is answered 503 asks
/// again with the same words, as clients do.
/// </summary>
internal sealed class Load
{
    /// <summary>Lines that post: so many requests can be under way that nobody repeats for them.</summary>
    public const int Posts = 6;

    private const string Scope = "openid offline_access notes:read";
    private readonly CancellationTokenSource end = new();
    private readonly ConcurrentBag<string> accessTokens = [];
    private readonly ConcurrentBag<(RelyingParty Client, string Code)> codes = [];
    private readonly Cluster cluster;
    private readonly string cookies;
    private List<Task> lines = [];
    private int answered, unanswered;

    private Load(Cluster cluster, string cookies) => (this.cluster, this.cookies) = (cluster, cookies);

    /// <summary>Posts to which nobody said whether they were done.</summary>
    public int Unanswered => unanswered;

    /// <summary>Each bought tokens once.</summary>
    public IReadOnlyCollection<(RelyingParty Client, string Code)> Codes => codes;

    public static async Task<Load> BeginAsync(Cluster cluster, Browser browser)
    {
        var client = new RelyingParty(cluster.Http, "trusted");
        await client.SignInAsync(browser, Scope, "grace");
        var load = new Load(cluster, browser.Cookies.GetCookieHeader(cluster.Issuer));
        List<string> families = [];
        for (var family = 0; family < 2; family++)
            families.Add((await client.TokensAsync(browser, Scope, "grace"))["refresh_token"]!);
        load.lines = [.. families.Select(load.RenewAsync), load.ServeAsync(), load.ServeAsync(), load.SignInAsync(), load.SignInAsync()];
        Assert.Equal(Posts, load.lines.Count);
        return load;
    }

    /// <summary>Waits for so many more.</summary>
    public Task AnswersAsync(int more)
    {
        var until = answered + more;
        return Eventually.HoldsAsync(() =>
        {
            if (lines.FirstOrDefault(line => line.IsFaulted) is { } failed)
                failed.GetAwaiter().GetResult();
            return Task.FromResult(answered >= until);
        });
    }

    public async Task EndAsync()
    {
        await end.CancelAsync();
        await Task.WhenAll(lines);
        end.Dispose();
    }

    /// <summary>Of every access token that was answered, whether it is known.</summary>
    public async Task<bool[]> IntrospectAsync()
    {
        var api = new RelyingParty(cluster.Http, TestDocument.Api);
        var known = new ConcurrentBag<bool>();
        await Parallel.ForEachAsync(accessTokens, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (token, _) =>
            known.Add((await api.PostAsync("/connect/introspect", ("token", token))).Json.GetProperty("active").GetBoolean()));
        return [.. known];
    }

    private async Task ServeAsync()
    {
        var worker = new RelyingParty(cluster.Http, "worker");
        while (!end.IsCancellationRequested)
            Keep(await InsistAsync(() => worker.TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read"))));
    }

    /// <summary>The successor may be lost on the way; the token before it brings it again.</summary>
    private async Task RenewAsync(string token)
    {
        var client = new RelyingParty(cluster.Http, "trusted");
        while (!end.IsCancellationRequested)
            token = Keep(await InsistAsync(() => client.RefreshAsync(token)))["refresh_token"]!;
    }

    /// <summary>A GET is nginx's to repeat. A code whose answer was lost may be spent: then the person goes round once more.</summary>
    private async Task SignInAsync()
    {
        while (!end.IsCancellationRequested)
        {
            var client = new RelyingParty(cluster.Http, "trusted");
            using var request = new HttpRequestMessage(HttpMethod.Get, client.AuthorizeUrl("openid notes:read")) { Headers = { { "Cookie", cookies } } };
            using var answer = await cluster.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
            var code = System.Web.HttpUtility.ParseQueryString(answer.Headers.Location!.Query)["code"];
            Assert.NotNull(code);

            var lost = unanswered;
            var redeemed = await InsistAsync(() => client.RedeemAsync(code));
            if (redeemed.Status != HttpStatusCode.OK && unanswered > lost)
                continue;
            Keep(redeemed);
            codes.Add((client, code));
        }
    }

    private async Task<Answer> InsistAsync(Func<Task<Answer>> send)
    {
        while (true)
        {
            var answer = await send();
            if (answer.Status != HttpStatusCode.ServiceUnavailable)
            {
                Interlocked.Increment(ref answered);
                return answer;
            }

            Assert.Equal("temporarily_unavailable", answer.Error);
            Interlocked.Increment(ref unanswered);
        }
    }

    private Answer Keep(Answer answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, $"{answer.Status}: {answer.Json}");
        accessTokens.Add(answer["access_token"]!);
        return answer;
    }
}
