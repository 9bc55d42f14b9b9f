using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Registration;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.OneTimeCodes;

/// <summary>The server is replaced while people are on their way: forms, tickets, codes and mails are still good at the next one.</summary>
public sealed class RestartingInBetween : IAsyncLifetime
{
    private const string Mail = "new@example.test", NewPassword = "a quite different one";
    private readonly FreshDatabase database = FreshDatabase.Of(DatabaseProvider.Sqlite);
    private readonly string folder = Directory.CreateTempSubdirectory("mails-").FullName;
    private readonly Uri issuer = new($"http://localhost:{IdpHost.FreePort()}");
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await StartAsync();

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Registration_recovery_and_mailed_sign_in_go_on_over_restarts()
    {
        using var browser = new Browser(host);
        await browser.OpenFormAsync(host);
        await RestartAsync();
        Assert.Equal("/verify", (await browser.RegisterAsync(Mail)).Url.AbsolutePath);
        await RestartAsync();
        Assert.NotEmpty((await browser.SubmitAsync("Confirm", ("code", (await host.MailAsync(Mail)).Code()))).Query("code"));

        using var forgetful = new Browser(host);
        await forgetful.OpenAsync("/recover");
        await forgetful.SubmitAsync("Send the mail", ("email", Mail));
        await RestartAsync();
        await forgetful.OpenAsync((await host.MailAsync(Mail)).Link());
        await RestartAsync();
        Assert.Equal("/recover/done", (await forgetful.SubmitAsync("Save the password", ("password", NewPassword))).Url.AbsolutePath);
        Assert.Equal("/account", (await forgetful.OpenAccountAsync("/account", Mail, NewPassword)).Url.AbsolutePath);

        using var lazy = new Browser(host);
        var login = await lazy.OpenAsync("/account");
        await lazy.OpenAsync($"/login/mail?ticket={login.Query("ticket")}");
        await lazy.SubmitAsync("Send the mail", ("email", Mail));
        await RestartAsync();
        Assert.Equal("/account", (await lazy.SubmitAsync("Sign in", ("code", (await host.MailAsync(Mail)).Code()))).Url.AbsolutePath);
    }

    private async Task RestartAsync()
    {
        await host.DisposeAsync();
        host = await StartAsync();
    }

    private Task<IdpHost> StartAsync() =>
        IdpHost.StartAsync(RegistrationBench.Setup(null, ("EmailSignIn:Mode", "All"), ("Email:Folder", folder)) with { Database = database.Options, Issuer = issuer });
}
