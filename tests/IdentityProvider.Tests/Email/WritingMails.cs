using IdentityProvider.Email;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityProvider.Tests.Email;

public sealed class WritingMails
{
    [Theory]
    [InlineData("ada@example.test", true)]
    [InlineData("ada.lovelace+shop@sub.example.test", true)]
    [InlineData("o'neil_1@example.test", true)]
    [InlineData("jürgen@bücher.example", true)]
    [InlineData("用户@例子.测试", true)]
    [InlineData("ada@example", false)]
    [InlineData("ada", false)]
    [InlineData("@example.test", false)]
    [InlineData("ada@", false)]
    [InlineData("ada@example.test.", false)]
    [InlineData(".ada@example.test", false)]
    [InlineData("ada..l@example.test", false)]
    [InlineData("a@b@example.test", false)]
    [InlineData("\"a b\"@example.test", false)]
    [InlineData("ada@example.test,eve@evil.test", false)]
    [InlineData("ada@example.test eve@evil.test", false)]
    [InlineData("Ada <ada@example.test>", false)]
    [InlineData("ada@[127.0.0.1]", false)]
    [InlineData("ada@example.test\r\nBcc: eve@evil.test", false)]
    [InlineData("ada\n@example.test", false)]
    [InlineData("ada\0@example.test", false)]
    [InlineData("ada@evil.test\uFF20example.test", false)]
    [InlineData("a\uD800@example.test", false)]
    [InlineData("a@\uD800.test", false)]
    [InlineData("a\u202Eb@example.test", false)]
    [InlineData("", false)]
    public void An_address_is_one_address(string address, bool valid) => Assert.Equal(valid, EmailAddress.IsValid(address));

    [Fact]
    public void An_address_is_as_long_as_the_protocol_lets_it_be()
    {
        Assert.True(EmailAddress.IsValid(new string('a', 64) + "@example.test"));
        Assert.False(EmailAddress.IsValid(new string('a', 65) + "@example.test"));
        Assert.False(EmailAddress.IsValid($"a@{string.Concat(Enumerable.Repeat("abcdefghi.", 30))}test"));
    }

    [Theory]
    [InlineData("p\u0430ypal@example.test", true)]
    [InlineData("ada@ex\u0430mple.test", true)]
    [InlineData("\u0430\u0434\u0430@example.test", false)]
    [InlineData("\u0412\u041E\u0412@example.test", true)]
    [InlineData("Ada@Example.test", false)]
    [InlineData("J\u00dcRGEN@example.test", false)]
    public void Look_alike_letters_are_told(string address, bool disguised) => Assert.Equal(disguised, EmailAddress.IsDisguised(address));

    [Fact]
    public async Task No_value_writes_a_header_a_second_recipient_or_html()
    {
        await using var sink = new SmtpSink();
        await using var host = await IdpHost.StartAsync(MailBench.Setup(sink.Port).With("Themes:Path", Path.Combine(Checkout.Root, "tests", "IdentityProvider.Tests", "Email")).With("Themes:Name", "theme"));
        await host.WriteAsync(values: ("name", "Eve\r\nBcc: eve@evil.test\r\n\r\n<script>alert(1)</script>\u2028https://evil.test"));
        var mail = await sink.NextAsync();
        Assert.Equal([MailBench.To], mail.To);
        Assert.Equal("Hello Eve  Bcc: eve@evil.test    <script>alert(1)</script> https://evil.test", mail.Message.Subject);
        Assert.Null(mail.Message.Headers["Bcc"]);
        Assert.DoesNotContain("<script>", mail.Message.HtmlBody, StringComparison.Ordinal);
        Assert.Single(mail.Message.TextBody!.Split('\n'), line => line.Contains("evil.test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mail_to_no_address_is_refused_where_it_is_written()
    {
        await using var host = await IdpHost.StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => host.WriteAsync(to: "ada@example.test\r\nRCPT TO:<eve@evil.test>"));
    }

    [Fact]
    public async Task A_theme_s_text_comes_first_in_the_language_asked_for_and_a_broken_one_is_replaced()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = new() { ["Themes:Path"] = Path.Combine(Checkout.Root, "tests", "IdentityProvider.Tests", "Email"), ["Themes:Name"] = "theme" } });
        await host.InStoreAsync(async db =>
        {
            foreach (var language in new[] { "de-AT", "fr", null, "../../etc", new string('x', 500) })
                host.Services.GetRequiredService<MailOutbox>().Add(db, new MailMessage("test", MailBench.To, language, new Dictionary<string, string> { ["name"] = "Ada" }));
            return await db.SaveChangesAsync();
        });
        Assert.Equal(["Hallo Ada", "Hello Ada", "Hello Ada", "Hello Ada", "Hello Ada"], (await host.MailsAsync(MailBench.To)).Select(m => m.Subject).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Email:From", "no address", "From is not an e-mail address")]
    [InlineData("Email:From", "", "From is missing")]
    [InlineData("Email:Smtp:Username", "me", "belong together")]
    [InlineData("Email:Smtp:Port", "0", "Give 1 to 65535")]
    [InlineData("Email:Smtp:CertificateAuthorityFile", "/nowhere/ca.pem", "does not exist")]
    public async Task Settings_that_cannot_work_stop_the_start(string name, string value, string words)
    {
        var problem = await Assert.ThrowsAsync<SettingsException>(() => IdpHost.StartAsync(MailBench.Setup(25).With(name, value)));
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_development_mails_are_files_shown_on_a_page_and_elsewhere_there_is_no_such_page()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        Assert.Contains("No mail was sent yet", (await browser.OpenAsync("/development/mails")).Text, StringComparison.Ordinal);
        await host.WriteAsync();
        await host.SendAsync();
        await browser.OpenAsync("/development/mails");
        var mail = await browser.OpenAsync(browser.Page.Document.QuerySelector(".rows a")!.GetAttribute("href")!);
        Assert.Contains("reach ada@example.test", mail.Text, StringComparison.Ordinal);
        var html = await browser.OpenAsync($"{mail.Url.AbsolutePath}/html");
        Assert.Contains("sandbox", html.Response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("Mail arrives", html.Heading);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await browser.OpenAsync($"/development/mails/{Guid.Empty}")).Status);
    }
}
