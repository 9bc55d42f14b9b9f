using IdentityProvider.PersonalData;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.PersonalData;

public sealed class StayingAfterAll
{
    [Theory]
    [MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Of_sixteen_parallel_uses_of_the_mailed_link_one_counts(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        using var person = new Browser(host);
        await person.OpenAccountAsync("/account/data/delete", "grace");
        await person.SubmitAsync("Delete my account", ("confirmation", "grace"));
        var link = (await host.MailAsync("grace@example.test")).Link();
        var browsers = Enumerable.Range(0, 16).Select(_ => new Browser(host)).ToList();
        await Task.WhenAll(browsers.Select(b => b.OpenAsync(link)));
        var pages = await Task.WhenAll(browsers.Select(b => Task.Run(() => b.SubmitAsync("Keep my account"))));
        Assert.Single(pages, page => page.Heading == "Your account stays");
        Assert.Equal(15, pages.Count(page => page.Text.Contains("used before", StringComparison.Ordinal)));
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<Deletion>().CountAsync()));
        foreach (var browser in browsers)
            browser.Dispose();
    }
}
