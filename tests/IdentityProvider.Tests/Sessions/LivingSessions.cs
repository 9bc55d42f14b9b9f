using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Sessions;

/// <summary>What a session is, wherever it is looked up: one suite, two nodes.</summary>
public sealed class LivingSessions : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private TwoNodes nodes = null!;

    /// <summary>Rows are in one of the databases, and looked up there or in Redis.</summary>
    public enum Place
    {
        /// <summary>Rows and look-up.</summary>
        Sqlite,

        /// <summary>Rows and look-up.</summary>
        PostgreSql,

        /// <summary>Look-up; rows in SQLite.</summary>
        RedisBesideSqlite,

        /// <summary>Look-up; rows in PostgreSQL.</summary>
        RedisBesidePostgreSql,
    }

    public static TheoryData<Place> Places
    {
        get
        {
            var places = new TheoryData<Place>();
            places.Add(Place.Sqlite);
            if (FreshDatabase.HasPostgres)
                places.Add(Place.PostgreSql);
            if (TestRedis.Address is not null)
                places.Add(Place.RedisBesideSqlite);
            if (FreshDatabase.HasPostgres && TestRedis.Address is not null)
                places.Add(Place.RedisBesidePostgreSql);
            return places;
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    private async Task StartAsync(Place place) => nodes = await TwoNodes.StartAsync(
        place is Place.Sqlite or Place.RedisBesideSqlite ? DatabaseProvider.Sqlite : DatabaseProvider.PostgreSql,
        clock: clock,
        settings: place is Place.RedisBesideSqlite or Place.RedisBesidePostgreSql ? TestRedis.Settings() : null);

    public async Task DisposeAsync() => await nodes.DisposeAsync();

    private async Task<Browser> SignedInAsync(string username = "ada")
    {
        var browser = new Browser(nodes.First);
        await new RelyingParty(nodes.First, "trusted").SignInAsync(browser, "openid", username);
        return browser;
    }

    /// <summary>Asked without a page, for a moment at which nobody is at the keyboard.</summary>
    private static async Task<bool> IsSignedInAsync(IdpHost node, Browser browser)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new RelyingParty(node, "trusted").AuthorizeUrl("openid", ("prompt", "none")));
        request.Headers.Add("Cookie", browser.Cookies.GetCookieHeader(node.Issuer));
        using var response = await node.Http.SendAsync(request);
        var query = System.Web.HttpUtility.ParseQueryString(response.Headers.Location?.Query ?? throw new InvalidOperationException($"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}"));
        return query["code"] is not null || (query["error"] is "login_required" ? false : throw new InvalidOperationException(query.ToString()));
    }

    private async Task AssertAsync(bool signedIn, Browser browser)
    {
        Assert.Equal(signedIn, await IsSignedInAsync(nodes.First, browser));
        Assert.Equal(signedIn, await IsSignedInAsync(nodes.Second, browser));
    }

    private static Task<int> RowsAsync(IdpHost node) => node.InStoreAsync(db => db.Set<Session>().CountAsync());

    [Theory, MemberData(nameof(Places))]
    public async Task One_begun_on_one_node_lives_on_both_and_ends_on_both(Place place)
    {
        await StartAsync(place);
        using var browser = await SignedInAsync();
        await AssertAsync(true, browser);
        using var copy = new Browser(nodes.Second);
        copy.Cookies.Add(browser.Cookies.GetAllCookies());
        await browser.OpenAsync("/signout");
        await browser.SubmitAsync("Sign out");
        await AssertAsync(false, copy);
        Assert.Equal(0, await RowsAsync(nodes.First));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Ending_all_others_spares_this_one(Place place)
    {
        await StartAsync(place);
        using var first = await SignedInAsync();
        using var second = await SignedInAsync();
        using var other = await SignedInAsync("grace");
        await first.OpenAsync("/account/sessions");
        await first.SubmitAsync("Sign out everywhere else");
        await AssertAsync(true, first);
        await AssertAsync(false, second);
        await AssertAsync(true, other);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task It_ends_when_idle_and_lives_with_use_until_its_limit(Place place)
    {
        await StartAsync(place);
        using var idle = await SignedInAsync();
        using var used = await SignedInAsync("grace");
        for (var hour = 0; hour < 11; hour++)
        {
            clock.Advance(TimeSpan.FromMinutes(59));
            Assert.True(await IsSignedInAsync(hour % 2 == 0 ? nodes.First : nodes.Second, used));
        }

        await AssertAsync(false, idle);
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.True(await IsSignedInAsync(nodes.First, used));
        clock.Advance(TimeSpan.FromMinutes(30));
        await AssertAsync(false, used);
        foreach (var sweep in new[] { nodes.First, nodes.Second })
            await sweep.Services.GetRequiredService<SessionSweep>().RunOnceAsync(CancellationToken.None);
        Assert.Equal(0, await RowsAsync(nodes.First));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task A_new_sign_in_makes_the_handle_before_worthless(Place place)
    {
        await StartAsync(place);
        using var browser = await SignedInAsync();
        using var thief = new Browser(nodes.First);
        thief.Cookies.Add(browser.Cookies.GetAllCookies());
        clock.Advance(TimeSpan.FromSeconds(1));
        await new RelyingParty(nodes.First, "trusted").SignInAsync(browser, "openid", "ada", ("prompt", "login"));
        await AssertAsync(true, browser);
        await AssertAsync(false, thief);
        Assert.Equal(1, await RowsAsync(nodes.First));
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Who_is_disabled_or_deleted_is_out_at_once(Place place)
    {
        await StartAsync(place);
        using var disabled = await SignedInAsync();
        using var deleted = await SignedInAsync("grace");
        await nodes.First.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, clock.GetUtcNow())));
        await AssertAsync(false, disabled);
        await nodes.First.InStoreAsync(async db =>
        {
            var grace = await db.Set<User>().SingleAsync(u => u.UserName == "grace");
            await db.Set<Token>().Where(t => t.Authorization!.UserId == grace.Id).ExecuteDeleteAsync();
            await db.Set<Grant>().Where(g => g.UserId == grace.Id).ExecuteDeleteAsync();
            return await db.Set<User>().Where(u => u.Id == grace.Id).ExecuteDeleteAsync();
        });
        await AssertAsync(false, deleted);
    }

    [Theory, MemberData(nameof(Places))]
    public async Task Sixteen_ends_at_once_are_one_and_nothing_comes_back_of_requests_under_way(Place place)
    {
        await StartAsync(place);
        using var browser = await SignedInAsync();
        var ada = await nodes.First.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").Select(u => u.Id).SingleAsync());

        // Each of them moves the idle limit, too.
        clock.Advance(TimeSpan.FromMinutes(2));
        var uses = Enumerable.Range(0, TwoNodes.Parallel).Select(i => IsSignedInAsync(i % 2 == 0 ? nodes.First : nodes.Second, browser)).ToList();
        var ends = Enumerable.Range(0, TwoNodes.Parallel).Select(async i =>
        {
            await using var scope = (i % 2 == 0 ? nodes.First : nodes.Second).Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<SessionStore>().EndAllAsync(ada, null, "revoked", CancellationToken.None);
        }).ToList();
        await Task.WhenAll(ends);
        await AssertAsync(false, browser);
        await Task.WhenAll(uses);
        await AssertAsync(false, browser);
        Assert.Equal(0, await RowsAsync(nodes.First));
    }
}
