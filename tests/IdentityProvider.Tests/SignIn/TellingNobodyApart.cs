using System.Text.RegularExpressions;
using IdentityProvider.Tests.Registration;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.SignIn;

/// <summary>
/// Every door that takes a name or an address answers alike whoever it is: the whole answer, status, headers and page, but for what is
/// drawn by lot for each.
/// </summary>
public sealed partial class TellingNobodyApart : IAsyncLifetime
{
    private const string Nobody = "nobody";
    private static readonly string[] Somebody = ["ada", "grace", "otp", "gone", "locked", "unproven"];
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    /// <summary>Known and proven, known and unproven, with a second factor, disabled, locked, and registered but never proven.</summary>
    public async Task InitializeAsync()
    {
        var setup = RegistrationBench.Setup(clock, ("EmailSignIn:Mode", "All"));
        host = await IdpHost.StartAsync(setup with { Document = Document() });
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "gone").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, clock.GetUtcNow())));
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "unproven").ExecuteUpdateAsync(set => set.SetProperty(u => u.RegisteredAt, clock.GetUtcNow())));
        using var guesser = new Browser(host);
        await guesser.OpenAsync(Request());
        for (var i = 0; i < 5; i++)
            await guesser.SubmitAsync("Sign in", ("username", "locked"), ("password", "wrong"));
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    public static TheoryData<string> Doors => ["registration", "recovery", "mailed sign-in"];

    [Theory, MemberData(nameof(Doors))]
    public async Task An_address_gets_the_answers_that_nobody_s_gets(string door)
    {
        var nobodys = await AnswersAsync(door, Nobody);
        foreach (var name in Somebody)
            Assert.Equal(nobodys, await AnswersAsync(door, name));
    }

    [Fact]
    public async Task A_name_gets_the_answers_that_nobody_s_gets_up_to_the_lock_and_in_it()
    {
        var nobodys = await TriesAsync(Nobody, "wrong");
        Assert.Contains("Too many attempts", nobodys[5], StringComparison.Ordinal);
        foreach (var name in Somebody.Except(["locked"]))
            Assert.Equal(nobodys, await TriesAsync(name, "wrong"));

        // Nor does a right password open what is locked or disabled, or say that it would.
        Assert.Equal(nobodys[5], (await TriesAsync("locked", TestDocument.Password))[5]);
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(await TriesAsync(Nobody + "2", TestDocument.Password), await TriesAsync("gone", TestDocument.Password));
    }

    private async Task<List<string>> TriesAsync(string name, string password)
    {
        using var browser = new Browser(host);
        await browser.OpenAsync(Request());
        var answers = new List<string>();
        for (var i = 0; i < 6; i++)
            answers.Add(Whole(await browser.SubmitAsync("Sign in", ("username", name), ("password", password)), name));
        return answers;
    }

    private async Task<List<string>> AnswersAsync(string door, string name)
    {
        var address = $"{name}@example.test";
        using var browser = new Browser(host);
        var ticket = (await browser.OpenAsync(Request())).Query("ticket");
        switch (door)
        {
            case "registration":
                await browser.OpenAsync($"/register?ticket={ticket}");
                return [Whole(await browser.RegisterAsync(address), name), Whole(await browser.SubmitAsync("Confirm", ("code", "1234")), name), Whole(await browser.SubmitAsync("Send another"), name)];
            case "recovery":
                await browser.OpenAsync($"/recover?ticket={ticket}");
                return [Whole(await browser.SubmitAsync("Send the mail", ("email", address)), name), Whole(await browser.SubmitAsync("Continue", ("code", "1234")), name), Whole(await browser.SubmitAsync("Send another"), name)];
            default:
                await browser.OpenAsync($"/login/mail?ticket={ticket}");
                return [Whole(await browser.SubmitAsync("Send the mail", ("email", address)), name), Whole(await browser.SubmitAsync("Sign in", ("code", "1234")), name), Whole(await browser.SubmitAsync("Send another"), name)];
        }
    }

    private string Request() => new RelyingParty(host, "trusted").AuthorizeUrl();

    private static string Document() => TestDocument.Json.Replace("""{ "username": "grace",""", string.Concat(Somebody[3..].Select(name =>
        $$"""{ "username": "{{name}}", "email": "{{name}}@example.test", "email_verified": {{(name == "unproven" ? "false" : "true")}}, "password": "{{TestDocument.Password}}" },""")) + """{ "username": "grace",""", StringComparison.Ordinal);

    /// <summary>Status, headers with their values, cookies by name, and the page, without the name and what is drawn by lot.</summary>
    private static string Whole(BrowserPage page, string name)
    {
        var headers = page.Response.Headers.Concat(page.Response.Content.Headers).Where(h => h.Key is not ("Date" or "Content-Length"))
            .Select(h => h.Key == "Set-Cookie" ? $"Set-Cookie: {string.Join(',', h.Value.Select(c => c.Split('=')[0]).Order(StringComparer.Ordinal))}" : $"{h.Key}: {string.Join(',', h.Value)}");
        var text = Regex.Replace(page.Document.Source.Text, $@"\b{name}\b", "NAME");
        return $"{(int)page.Status} {page.Url.AbsolutePath}\n{string.Join('\n', headers.Order(StringComparer.Ordinal))}\n{Drawn().Replace(text, "LOT")}";
    }

    [GeneratedRegex(@"[A-Za-z0-9_.+/-]{40,}")]
    private static partial Regex Drawn();
}
