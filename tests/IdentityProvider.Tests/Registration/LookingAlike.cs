using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Registration;

/// <summary>Addresses that no eye tells apart have one account; each is still only itself where mails go and people sign in.</summary>
public sealed class LookingAlike
{
    // Cyrillic: a (U+0430), o, c, p, e, x, y, i.
    private const string Latin = "copy@exe.test", Cyrillic = "\u0441\u043E\u0440\u0443@exe.test";

    [Theory]
    [InlineData("\u0441\u043E\u0440\u0443@exe.test", "copy@exe.test", true)]
    [InlineData("copy@\u0435\u0445\u0435.test", "copy@exe.test", true)]
    [InlineData("copy@xn--e1afmkfd.test", "copy@\u043F\u0440\u0438\u043C\u0435\u0440.test", true)]
    [InlineData("b\u0131ll@exe.test", "bill@exe.test", true)]
    [InlineData("\u03BF@exe.test", "\u043E@exe.test", true)]
    [InlineData("bob1@exe.test", "bobl@exe.test", false)]
    [InlineData("j\u00FCrgen@exe.test", "jurgen@exe.test", false)]
    [InlineData("\u0438\u0432\u0430\u043D@exe.test", "ivan@exe.test", false)]
    public void What_looks_alike_is_alike(string one, string other, bool alike) =>
        Assert.Equal(alike, Likeness.Of(UserNames.Normalize(one)) == Likeness.Of(UserNames.Normalize(other)));

    [Theory]
    [MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task A_look_alike_makes_no_second_account_and_the_owner_hears_of_it(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup() with { Database = database.Options });
        using var owner = new Browser(host);
        await owner.OpenFormAsync(host);
        await owner.RegisterAsync(Latin);
        await owner.SubmitAsync("Confirm", ("code", (await host.MailAsync(Latin)).Code()));

        using var other = new Browser(host);
        await other.OpenFormAsync(host);
        Assert.Equal("/verify", (await other.RegisterAsync(Cyrillic)).Url.AbsolutePath);
        Assert.Empty(await host.MailsAsync(Cyrillic));
        Assert.Equal("You have an account at IdentityProvider", (await host.MailAsync(Latin)).Subject);
        Assert.Null(await host.UserAsync(Cyrillic));

        // Nor does a change of address, nor the database itself.
        await other.OpenAccountAsync("/account/email");
        await other.SubmitAsync("Send the mail", ("email", Cyrillic));
        Assert.Empty(await host.MailsAsync(Cyrillic));
        await Assert.ThrowsAsync<DbUpdateException>(() => host.InStoreAsync(db =>
        {
            db.Add(new User { Email = Cyrillic, NormalizedEmail = UserNames.Normalize(Cyrillic) });
            return db.SaveChangesAsync();
        }));
    }

    [Fact]
    public async Task A_look_alike_is_not_the_address_itself()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup());
        using var browser = new Browser(host);
        await browser.OpenAsync("/recover");
        await browser.SubmitAsync("Send the mail", ("email", "\u0430d\u0430@example.test"));
        Assert.Empty(await host.MailsAsync("ada@example.test"));
        Assert.Null(await host.InStoreAsync(db => new UserLookup(db).FindAsync("\u0430d\u0430@example.test", CancellationToken.None)));
    }
}
