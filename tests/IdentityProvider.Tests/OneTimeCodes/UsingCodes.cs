using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.OneTimeCodes;

public sealed class UsingCodes
{
    private const string Purpose = "test", Owner = "ada", Here = "0123456789012345678901234567890123456789abc", Elsewhere = "another-browser-456789012345678901234567890";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_link_works_once_and_looking_at_it_uses_nothing_up()
    {
        await using var host = await StartAsync();
        var issued = await IssueAsync(host, data: "what to find");
        for (var i = 0; i < 3; i++)
            Assert.Equal(("what to find", true), (await FindAsync(host, issued.Token))!.Select());
        Assert.False((await FindAsync(host, issued.Token, Elsewhere))!.SameBrowser);
        Assert.False((await FindAsync(host, issued.Token, null))!.SameBrowser);

        var found = await FindAsync(host, issued.Token);
        Assert.True(await ConsumeAsync(host, found!));
        Assert.False(await ConsumeAsync(host, found!));
        Assert.Null(await FindAsync(host, issued.Token));
    }

    [Theory]
    [InlineData("{0}", true)]
    [InlineData(" {1} {2} ", true)]
    [InlineData("{1}-{2}", true)]
    [InlineData("{0}1", false)]
    [InlineData("x{0}", false)]
    [InlineData("", false)]
    public async Task The_digits_are_taken_as_people_type_them(string form, bool right)
    {
        await using var host = await StartAsync();
        var issued = await IssueAsync(host);
        var typed = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, issued.Code, issued.Code[..4], issued.Code[4..]);
        Assert.Equal(right, await TypeAsync(host, typed) is not null);
    }

    [Fact]
    public async Task The_digits_count_only_in_the_browser_that_asked_or_beside_the_link()
    {
        await using var host = await StartAsync();
        var issued = await IssueAsync(host);
        Assert.Null(await TypeAsync(host, issued.Code, Elsewhere));
        Assert.Null(await InCodesAsync(host, codes => codes.FindByCodeAsync("other", Here, issued.Code, default)));
        Assert.NotNull(await InCodesAsync(host, codes => codes.FindByLinkAndCodeAsync(Purpose, issued.Token, Elsewhere, issued.Code, default)));
    }

    [Fact]
    public async Task After_five_wrong_tries_even_the_right_digits_are_refused()
    {
        await using var host = await StartAsync();
        var issued = await IssueAsync(host);
        var wrong = issued.Code == "00000000" ? "00000001" : "00000000";
        for (var i = 0; i < 5; i++)
            Assert.Null(await TypeAsync(host, wrong));
        Assert.Null(await TypeAsync(host, issued.Code));
    }

    [Fact]
    public async Task The_last_two_are_good_and_using_one_ends_the_other()
    {
        await using var host = await StartAsync();
        var issued = new List<IssuedCode>();
        for (var i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            issued.Add(await IssueAsync(host));
        }

        Assert.Null(await FindAsync(host, issued[0].Token));
        Assert.NotNull(await FindAsync(host, issued[1].Token));
        Assert.Null(await TypeAsync(host, issued[0].Code));
        Assert.True(await ConsumeAsync(host, (await TypeAsync(host, issued[1].Code))!));
        Assert.Null(await FindAsync(host, issued[2].Token));
    }

    [Fact]
    public async Task Both_end_with_their_time_and_their_purpose_and_are_stored_hashed()
    {
        await using var host = await StartAsync();
        var issued = await IssueAsync(host, data: "secret");
        Assert.Null(await InCodesAsync(host, codes => codes.FindByLinkAsync("other", issued.Token, Here, default)));
        var row = await host.InStoreAsync(db => db.Set<OneTimeCode>().AsNoTracking().SingleAsync());
        var stored = string.Join(' ', row.TokenHash, row.CodeHash, row.BrowserHash, row.ProtectedData);
        Assert.All([issued.Token, issued.Code, Here, "secret"], clear => Assert.DoesNotContain(clear, stored, StringComparison.Ordinal));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await FindAsync(host, issued.Token));
        Assert.Null(await TypeAsync(host, issued.Code));
    }

    [Theory]
    [MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Of_sixteen_parallel_uses_on_two_nodes_one_counts_and_of_guesses_five(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        var setup = new IdpSetup { Database = database.Options, Issuer = new Uri($"http://localhost:{IdpHost.FreePort()}") };
        await using var first = await IdpHost.StartAsync(setup);
        await using var second = await IdpHost.StartAsync(setup with { Port = IdpHost.FreePort() });
        var older = await IssueAsync(first);
        var newer = await IssueAsync(first);

        // Half of them use the older link: the two together are one use.
        var used = await RaceAsync(async (host, i) => await FindAsync(host, (i % 4 < 2 ? older : newer).Token) is { } found && await ConsumeAsync(host, found));
        Assert.Single(used, true);

        var issued = await IssueAsync(first);
        var taken = await RaceAsync(async (host, _) => await TypeAsync(host, issued.Code) is not null);
        Assert.InRange(taken.Count(t => t), 1, 5);
        Assert.Equal(5, (await first.InStoreAsync(db => db.Set<OneTimeCode>().AsNoTracking().SingleAsync())).Attempts);

        Task<bool[]> RaceAsync(Func<IdpHost, int, Task<bool>> use) => Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => use(i % 2 == 0 ? first : second, i))));
    }

    private Task<IdpHost> StartAsync() => IdpHost.StartAsync(new IdpSetup { Clock = clock });

    private static async Task<T> InCodesAsync<T>(IdpHost host, Func<CodeStore, Task<T>> work)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<CodeStore>());
    }

    private static async Task<IssuedCode> IssueAsync(IdpHost host, string? data = null)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var issued = scope.ServiceProvider.GetRequiredService<CodeStore>().Add(Purpose, Owner, TimeSpan.FromHours(1), Here, data);
        await scope.ServiceProvider.GetRequiredService<Store>().SaveChangesAsync();
        return issued;
    }

    private static Task<FoundCode?> FindAsync(IdpHost host, string token, string? browser = Here) => InCodesAsync(host, codes => codes.FindByLinkAsync(Purpose, token, browser, default));

    private static Task<FoundCode?> TypeAsync(IdpHost host, string typed, string browser = Here) => InCodesAsync(host, codes => codes.FindByCodeAsync(Purpose, browser, typed, default));

    private static Task<bool> ConsumeAsync(IdpHost host, FoundCode found) => InCodesAsync(host, codes => codes.ConsumeAsync(found, default));
}

file static class FoundCodes
{
    public static (string? Data, bool SameBrowser) Select(this FoundCode found) => (found.Data, found.SameBrowser);
}
