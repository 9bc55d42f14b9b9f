using IdentityProvider.Passkeys;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Passkeys;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Mfa;

/// <summary>Factors change after a fresh sign-in, or by whoever runs the server; the person is always told.</summary>
public sealed class ChangingFactors
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Who_lost_everything_is_reset_signed_out_and_told()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Settings = new() { ["Sessions:TrustDevicesForDays"] = "30" } });
        using var browser = new Browser(host);
        var authenticator = host.Authenticator();
        await browser.AddPasskeyAsync(authenticator);

        Assert.Equal(ExitCode.Misused, (await host.RunCommandAsync(database.Options, "users", "reset-mfa", "ada")).Code);
        Assert.Equal(ExitCode.Misused, (await host.RunCommandAsync(database.Options, "users", "reset-mfa", "ada", "--reason", "two\nlines")).Code);
        Assert.Equal(ExitCode.Failed, (await host.RunCommandAsync(database.Options, "users", "reset-mfa", "nobody", "--reason", "called")).Code);
        Assert.True(await host.InStoreAsync(db => db.Set<Passkey>().AnyAsync()));

        var (code, output) = await host.RunCommandAsync(database.Options, "users", "reset-mfa", "ada@example.test", "--reason", "lost the phone, came to the desk");
        Assert.True(code == ExitCode.Done, output);
        Assert.False(await host.InStoreAsync(db => db.Set<Passkey>().AnyAsync()));
        Assert.Contains((await host.MailsAsync("ada@example.test")), mail => mail.Subject == "Your two-step sign-in was reset");
        Assert.Equal("/login", (await browser.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("/account", (await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password))).Url.AbsolutePath);
    }

    [Fact]
    public async Task A_reset_does_not_take_the_only_way_in()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options });
        using var browser = new Browser(host);
        await browser.AddPasskeyAsync(host.Authenticator());
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, (string?)null)));
        var (code, output) = await host.RunCommandAsync(database.Options, "users", "reset-mfa", "ada", "--reason", "asked");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("Nothing was done", output, StringComparison.Ordinal);
        Assert.True(await host.InStoreAsync(db => db.Set<Passkey>().AnyAsync()));
        Assert.Equal("/account", (await browser.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task Another_name_needs_a_fresh_sign_in_and_is_told()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        using var browser = new Browser(host);
        using var events = new EventTrap(host);
        var authenticator = host.Authenticator();
        await browser.AddPasskeyAsync(authenticator);
        var id = await host.InStoreAsync(db => db.Set<Passkey>().Select(p => p.Id).SingleAsync());
        await browser.OpenAsync($"/account/passkeys/{id}");
        await browser.SubmitAsync("Save the name", ("name", "Blue key"));
        Assert.Contains("passkeys.renamed", events.Names);
        var mail = (await host.MailsAsync("ada@example.test")).Single(m => m.Subject!.Contains("new name", StringComparison.Ordinal));
        Assert.Contains("“Blue key”", mail.TextBody, StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("/login", (await browser.OpenAsync($"/account/passkeys/{id}")).Url.AbsolutePath);
        await browser.SubmitAsync("Continue", ("password", TestDocument.Password));
        Assert.Equal($"/account/passkeys/{id}", (await browser.ShowPasskeyAsync(authenticator)).Url.AbsolutePath);
    }
}
