using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Setup;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Setup;

public sealed partial class MakingTheFirstAdministrator
{
    private const string Nobody = """{ "users": [{ "username": "grace", "email": "grace@example.test", "password": "correct horse battery" }] }""";
    private const string Password = "many quiet harbours";

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Fact]
    public async Task The_link_of_the_log_makes_one_administrator_once()
    {
        using var log = new Lines();
        await using var host = await IdpHost.StartAsync(new IdpSetup { Document = Nobody, Log = log });
        var link = LinkIn(log);
        using var browser = new Browser(host);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.OpenAsync("/setup")).Status);

        // The address says nothing any more, and looking uses nothing up.
        var form = await browser.OpenAsync(link);
        Assert.Equal(host["/setup"], form.Url);
        Assert.Equal("Make the first administrator", form.Heading);
        var wrong = await browser.SubmitAsync("Create the account", ("username", " "), ("email", "nobody"), ("password", "short"));
        Assert.Equal(["#username", "#email", "#password"], wrong.Document.QuerySelectorAll("[role=alert] a").Select(a => a.GetAttribute("href")).Distinct());
        Assert.Contains("Somebody has this name", (await SubmitAsync(browser, "GRACE@example.test", "first@example.test")).Text, StringComparison.Ordinal);
        Assert.Contains("Somebody has this address", (await SubmitAsync(browser, "first", "Grace@example.test")).Text, StringComparison.Ordinal);

        var done = await SubmitAsync(browser, "first");
        Assert.Equal("You are the administrator", done.Heading);
        var made = await host.InStoreAsync(db => db.Set<User>().SingleAsync(u => u.UserName == "first"));
        Assert.Equal([made.Id], await host.InStoreAsync(db => UserRoles.Holders(db, SeededRoles.Admin).ToListAsync()));
        Assert.Equal((false, true, "FIRST@EXAMPLE.TEST"), (made.EmailConfirmed, made.LockoutEnabled, made.NormalizedEmail));

        // Nobody is signed in by it, and whoever signs in has to set up a second factor.
        await browser.OpenAsync("/account");
        Assert.Equal("Set up a second step", (await browser.SubmitAsync("Sign in", ("username", "first"), ("password", Password))).Heading);

        foreach (var path in new[] { "/setup", link })
        {
            using var late = new Browser(host);
            Assert.Equal(HttpStatusCode.NotFound, (await late.OpenAsync(path)).Status);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await browser.OpenAsync("/setup")).Status);
        Assert.Null(await OfferAsync(host));
        Assert.False(await host.InStoreAsync(db => db.Set<OneTimeCode>().AnyAsync()));
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Of_sixteen_at_once_with_the_links_of_two_nodes_one_is_the_administrator(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider, Nobody);
        string[] links = [(await OfferAsync(nodes.First))!, (await OfferAsync(nodes.Second))!];
        var browsers = Enumerable.Range(0, TwoNodes.Parallel).Select(i => new Browser(i % 2 == 0 ? nodes.First : nodes.Second)).ToList();

        // Either node takes the link of either.
        foreach (var (browser, i) in browsers.Select((browser, i) => (browser, i)))
            Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync(links[i / 2 % 2])).Status);
        var answers = await Task.WhenAll(browsers.Select((browser, i) => Task.Run(() => SubmitAsync(browser, $"first{i}"))));

        Assert.Equal("You are the administrator", Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK).Heading);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal(HttpStatusCode.NotFound, answer.Status));
        Assert.Equal(1, await nodes.First.InStoreAsync(db => UserRoles.Holders(db, SeededRoles.Admin).CountAsync()));
        Assert.Equal(2, await nodes.First.InStoreAsync(db => db.Set<User>().CountAsync()));
        browsers.ForEach(browser => browser.Dispose());
    }

    [Fact]
    public async Task A_link_is_good_for_a_day_and_only_while_nobody_administers()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
        await using var host = await IdpHost.StartAsync(new IdpSetup { Document = Nobody, Clock = clock });
        var old = (await OfferAsync(host))!;
        using var browser = new Browser(host);
        Assert.Equal("/setup", (await browser.OpenAsync(old)).Url.AbsolutePath);
        clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(HttpStatusCode.NotFound, (await SubmitAsync(browser, "first")).Status);
        Assert.Equal("This link is no longer good", (await browser.OpenAsync(old)).Heading);

        await browser.OpenAsync((await OfferAsync(host))!);
        await host.InStoreAsync(async db =>
        {
            var role = await db.Set<Role>().SingleAsync(r => r.Name == SeededRoles.Admin);
            db.Add(new UserRole { UserId = await db.Set<User>().Where(u => u.UserName == "grace").Select(u => u.Id).SingleAsync(), RoleId = role.Id });

            // Who cannot sign in now is an administrator all the same.
            await db.Set<User>().ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, clock.GetUtcNow()));
            return await db.SaveChangesAsync();
        });
        Assert.Equal(HttpStatusCode.NotFound, (await SubmitAsync(browser, "first")).Status);
        Assert.Equal(1, await host.InStoreAsync(db => db.Set<User>().CountAsync()));
    }

    [Fact]
    public async Task Where_a_document_makes_an_administrator_there_is_no_link()
    {
        using var log = new Lines();
        await using var host = await IdpHost.StartAsync(new IdpSetup { Log = log });
        Assert.DoesNotContain(log.All, line => line.Contains("/setup?", StringComparison.Ordinal));
        using var browser = new Browser(host);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.OpenAsync("/setup")).Status);
    }

    [Fact]
    public async Task Only_a_hash_is_stored_and_guesses_are_limited()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Document = Nobody, Settings = { ["RateLimits:RegistrationPerAddress:Permits"] = "2" } });
        var link = (await OfferAsync(host))!;
        var token = link.Split('=')[1];
        var stored = await host.InStoreAsync(db => db.Set<OneTimeCode>().AsNoTracking().ToListAsync());
        Assert.DoesNotContain(stored, row => System.Text.Json.JsonSerializer.Serialize(row).Contains(token, StringComparison.Ordinal));

        using var browser = new Browser(host);
        string guess = "/setup?token=" + new string('A', 43);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.OpenAsync(guess)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.OpenAsync(guess)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await browser.OpenAsync(guess)).Status);
        Assert.NotNull(browser.Page.Response.Headers.RetryAfter);
    }

    private static Task<BrowserPage> SubmitAsync(Browser browser, string username, string? email = null) =>
        browser.SubmitAsync("Create the account", ("username", username), ("email", email ?? $"{username}@example.test"), ("password", Password));

    private static async Task<string?> OfferAsync(IdpHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<FirstAdministrator>().OfferAsync(default);
    }

    private static string LinkIn(Lines log) => Link().Match(Assert.Single(log.All, line => line.Contains("/setup?", StringComparison.Ordinal))).Value;

    [GeneratedRegex(@"http://localhost:\d+/setup\?token=[A-Za-z0-9_-]{43}(?= )", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    /// <summary>What the server writes into its log.</summary>
    private sealed class Lines : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> All { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                All.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
