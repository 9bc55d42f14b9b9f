using System.Diagnostics;
using System.Net;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.SignIn;

/// <summary>Passwords are dear on purpose. Whoever sends many of them makes those who sign in wait, and nobody else.</summary>
public sealed class FloodingSignIns : IAsyncLifetime
{
    private IdpHost host = null!;

    // One hash at a time, about a second of work each: whoever comes meanwhile finds the queue full.
    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup
    {
        Settings = { ["Users:HashConcurrency"] = "1", ["Users:HashQueueSeconds"] = "0", ["Users:Argon2MemoryKiB"] = "65536", ["Users:Argon2Passes"] = "12" },
    });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_token_endpoint_answers_while_the_queue_is_full_and_those_who_find_it_full_are_told_to_come_back()
    {
        using var browser = new Browser(host);
        var login = await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        var fields = login.Document.QuerySelector("#password")!.Closest("form")!.QuerySelectorAll("input[type=hidden]").ToDictionary(i => i.GetAttribute("name")!, i => i.GetAttribute("value")!);
        var worker = new RelyingParty(host, "worker");
        await worker.TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read"));

        var flood = Enumerable.Range(0, 24).Select(i => TryAsync(browser, login.Url, fields, $"name{i}")).ToList();
        var served = 0;
        var slowest = TimeSpan.Zero;
        while (flood.Exists(attempt => !attempt.IsCompleted))
        {
            var watch = Stopwatch.StartNew();
            var answer = await worker.TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read"));
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            served++;
        }

        Assert.True(served > 0, "The flood was over before a token was asked for.");
        Assert.True(slowest < TimeSpan.FromSeconds(15), $"a token took {slowest}");
        var answers = await Task.WhenAll(flood);
        Assert.Contains(HttpStatusCode.OK, answers.Select(a => a.Status));
        var busy = answers.Where(a => a.Status == HttpStatusCode.ServiceUnavailable).ToList();
        Assert.NotEmpty(busy);
        Assert.All(busy, a => Assert.Equal(TimeSpan.FromSeconds(5), a.RetryAfter));

        // What was not checked was no attempt.
        Assert.Equal(answers.Length - busy.Count, await host.InStoreAsync(db => db.Set<SignInFailures>().CountAsync(f => f.Attempts.Count > 0)));
    }

    private async Task<(HttpStatusCode Status, TimeSpan? RetryAfter)> TryAsync(Browser browser, Uri login, Dictionary<string, string> fields, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, login) { Content = new FormUrlEncodedContent([.. fields, new("username", name), new("password", "wrong")]) };
        request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(host.Issuer));
        using var answer = await host.Http.SendAsync(request);
        return (answer.StatusCode, answer.Headers.RetryAfter?.Delta);
    }
}
