using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Registration;

/// <summary>The mail is read on the telephone, and the form was filled in at the desk.</summary>
public sealed class ProvingElsewhere
{
    private const string Mail = "new@example.test";

    [Fact]
    public async Task Link_code_and_the_password_chosen_make_the_account_in_another_browser_and_sign_in_there()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup());
        using var desk = new Browser(host);
        using var phone = new Browser(host);
        await desk.OpenFormAsync(host);
        await desk.RegisterAsync(Mail);
        var mail = await host.MailAsync(Mail);
        await phone.OpenAsync(mail.Link());
        Assert.Contains("Enter the code from the mail", (await phone.SubmitAsync("Confirm", ("password", RegistrationBench.Password))).Text, StringComparison.Ordinal);
        Assert.Equal("/account", (await phone.SubmitAsync("Confirm", ("code", mail.Code()), ("password", RegistrationBench.Password))).Url.AbsolutePath);
        Assert.True((await host.UserAsync(Mail))!.EmailConfirmed);

        // The desk goes on by signing in.
        Assert.Equal("/register", (await desk.OpenAsync(desk.Page.Url.PathAndQuery)).Url.AbsolutePath);
    }

    [Fact]
    public async Task Who_is_made_to_prove_their_address_for_a_stranger_does_not_know_the_password()
    {
        await using var host = await IdpHost.StartAsync(RegistrationBench.Setup());
        using var stranger = new Browser(host);
        using var owner = new Browser(host);
        await stranger.OpenFormAsync(host);
        await stranger.RegisterAsync(Mail, "Stranger");
        var mail = await host.MailAsync(Mail);
        await owner.OpenAsync(mail.Link());
        for (var i = 0; i < 5; i++)
            Assert.Contains("do not both fit", (await owner.SubmitAsync("Confirm", ("code", mail.Code()), ("password", $"a guess of the owner {i}"))).Text, StringComparison.Ordinal);
        Assert.Contains("do not both fit", (await owner.SubmitAsync("Confirm", ("code", mail.Code()), ("password", RegistrationBench.Password))).Text, StringComparison.Ordinal);
        Assert.False((await host.UserAsync(Mail))!.EmailConfirmed);
    }

    [Fact]
    public async Task A_change_of_address_is_confirmed_by_link_and_code_and_signs_nobody_in()
    {
        await using var host = await IdpHost.StartAsync();
        using var desk = new Browser(host);
        using var phone = new Browser(host);
        await desk.OpenAccountAsync("/account/email");
        await desk.SubmitAsync("Send the mail", ("email", Mail));
        var mail = await host.MailAsync(Mail);
        await phone.OpenAsync(mail.Link());
        Assert.Contains("is not right", (await phone.SubmitAsync("Confirm", ("code", mail.Code() == "00000000" ? "00000001" : "00000000"))).Text, StringComparison.Ordinal);
        Assert.Equal("Your address is confirmed", (await phone.SubmitAsync("Confirm", ("code", mail.Code()))).Heading);
        Assert.NotNull(await host.UserAsync(Mail));
        Assert.Equal("/login", (await phone.OpenAsync("/account")).Url.AbsolutePath);
    }
}
