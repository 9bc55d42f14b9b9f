using IdentityProvider.Platform.Storage;
using IdentityProvider.Registration;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Registration;

public sealed class Inviting
{
    private const string Guest = "guest@example.test";

    [Theory]
    [MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Of_sixteen_who_accept_at_once_one_gets_the_account(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(null, ("Registration:Mode", "Invitation"), ("Users:HashQueueSeconds", "60")) with { Database = database.Options });
        var link = await InviteAsync(host);
        var browsers = Enumerable.Range(0, 16).Select(_ => new Browser(host)).ToList();
        await Task.WhenAll(browsers.Select(b => b.OpenAsync(link)));
        var pages = await Task.WhenAll(browsers.Select((b, i) => Task.Run(() => b.SubmitAsync("Create account", ("name", $"Guest {i}"), ("password", RegistrationBench.Password)))));
        Assert.Single(pages, page => page.Url.AbsolutePath == "/account");
        Assert.Equal(15, pages.Count(page => page.Text.Contains("This invitation was used", StringComparison.Ordinal)));
        Assert.Equal(1, await host.InStoreAsync(db => db.Set<User>().CountAsync(u => u.Email == Guest)));
        foreach (var browser in browsers)
            browser.Dispose();
    }

    [Fact]
    public async Task An_invitation_ends_with_its_days()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup(clock, ("Registration:Mode", "Invitation"), ("Registration:InvitationDays", "3")));
        var link = await InviteAsync(host);
        using var browser = new Browser(host);
        clock.Advance(TimeSpan.FromDays(3) - TimeSpan.FromMinutes(1));
        Assert.DoesNotContain("too old", (await browser.OpenAsync(link)).Text, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("used or is too old", (await browser.SubmitAsync("Create account", ("name", "Guest"), ("password", RegistrationBench.Password))).Text, StringComparison.Ordinal);
        Assert.Null(await host.UserAsync(Guest));
    }

    private static async Task<string> InviteAsync(IdpHost host)
    {
        await using (var scope = host.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<Registrations>().InviteAsync(Guest, CancellationToken.None);
        return (await host.MailAsync(Guest)).Link();
    }
}
