using System.Net;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>Pages of people, in every order and by the beginnings of their texts; on each database.</summary>
public sealed class FindingPeople
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task Every_page_goes_on_where_the_one_before_ended(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document(), Database = database.Options });
        await host.InStoreAsync(db =>
        {
            foreach (var i in Enumerable.Range(0, 25))
                db.Add(Person(i % 5 == 4 ? null : $"walker{i:00}", i % 7 == 6 ? null : $"walker{i:00}@example.test", i % 2 == 0 ? $"Anna-Lena Öhrn {i}" : $"Walker {i}"));
            db.Add(Person("ähre", "zz@example.test", null));
            return db.SaveChangesAsync();
        });
        var bench = new RightsBench(host, clock);
        var ada = await bench.TokenAsync("ada");
        var all = (await PagesAsync("users?limit=7")).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.Equal(32, all.Count);
        foreach (var sort in new[] { "created", "-created", "username", "-username", "email", "-email" })
        {
            var sorted = (await PagesAsync($"users?limit=7&sort={sort}")).ToList();
            Assert.Equal(all.Order(), sorted.Order());
            Assert.Equal(sort.StartsWith('-') ? "-created" == sort ? all : sorted : sort == "created" ? [.. Enumerable.Reverse(all)] : sorted, sorted);
        }

        // Found by user name, address and name; each once, however small the pages.
        foreach (var limit in new[] { 1, 3, 200 })
        {
            Assert.Equal(25, (await PagesAsync($"users?search=walker&limit={limit}")).Distinct().Count());
            Assert.Equal(25, (await PagesAsync($"users?search=WALKER&limit={limit}")).Count);
        }

        Assert.Equal(13, (await PagesAsync("users?search=anna-lena öhr&limit=4")).Count);
        Assert.Single(await PagesAsync("users?search=Ähr&limit=4"));
        Assert.Empty(await PagesAsync("users?search=%25&limit=4"));
        Assert.Empty(await PagesAsync("users?search=_alker&limit=4"));
        Assert.Equal([all[3]], await PagesAsync($"users?search={all[3]}"));
        Assert.Contains(all[3], await PagesAsync($"users?search={all[3][..13].ToUpperInvariant()}"));
        Assert.Equal(2, (await PagesAsync("users?role=admin")).Count);
        Assert.Equal(2, (await PagesAsync("users?role=admin&sort=username&state=active")).Count);
        Assert.Empty(await PagesAsync("users?state=disabled"));
        foreach (var wrong in new[] { "limit=0", "limit=201", "sort=password_hash", "state=gone", "search=", "search=a&sort=username", "after=x", "after=AAAA", "search=a&after=AAAA", $"search={new string('x', 255)}", "search=%00" })
            Assert.Equal(HttpStatusCode.BadRequest, (await bench.SendAsync(HttpMethod.Get, $"users?{wrong}", ada)).Status);

        async Task<List<string>> PagesAsync(string path)
        {
            var found = new List<string>();
            string? next = null;
            for (var page = 0; page < 200; page++)
            {
                var (status, body, _) = await bench.SendAsync(HttpMethod.Get, path + (next is null ? "" : $"&after={next}"), ada);
                Assert.Equal(HttpStatusCode.OK, status);
                found.AddRange(body.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("sub").GetString()!));
                if ((next = body.GetProperty("next").GetString()) is null)
                    return found;
            }

            throw new InvalidOperationException("No end.");
        }
    }

    [Theory]
    [InlineData("ADA", "ADB")]
    [InlineData("A\uD7FF", "A\uE000")]
    [InlineData("A\uDBFF\uDFFF", "B")]
    [InlineData("\uDBFF\uDFFF", null)]
    public void After_all_that_begin_so_comes(string prefix, string? next) => Assert.Equal(next, OrdinalText.After(prefix));

    private static User Person(string? username, string? email, string? name) => new()
    {
        UserName = username,
        NormalizedUserName = username is null ? null : UserNames.Normalize(username),
        Email = email,
        NormalizedEmail = email is null ? null : UserNames.Normalize(email),
        Name = name,
        SecurityStamp = "x",
    };
}
