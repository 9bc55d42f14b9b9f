using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AngleSharp.Dom;
using IdentityProvider.Captcha;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.SignIn;

public sealed class ProvingWork
{
    private const string Asks = "Enter your password again";

    private static IdpSetup Setup(TimeProvider? clock = null) => new()
    {
        Clock = clock,
        Settings = new() { ["Captcha:AfterFailures"] = "3", ["Captcha:Difficulty"] = "1000", ["Users:Lockout:Failures"] = "6" },
    };

    [Theory]
    [InlineData("ada")]
    [InlineData("nobody")]
    public async Task After_three_failures_a_password_is_not_looked_at_without_a_proof(string username)
    {
        await using var host = await IdpHost.StartAsync(Setup());
        using var browser = new Browser(host);
        await FailAsync(browser, host, username, 2);
        Assert.Null(Box(browser));
        await TryAsync(browser, username, "wrong");
        Assert.NotNull(Box(browser));

        // Also the right one, however often: it is no attempt, so it does not lock either.
        for (var i = 0; i < 6; i++)
            Assert.Contains(Asks, (await TryAsync(browser, username, TestDocument.Password)).Text, StringComparison.Ordinal);

        var page = await TryAsync(browser, username, TestDocument.Password, Solve(Box(browser)!));
        Assert.Equal(username == "ada", page.Url.AbsolutePath == "/consent");
        if (username == "nobody")
            Assert.Contains("is not right", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proof_is_taken_once()
    {
        await using var host = await IdpHost.StartAsync(Setup());
        using var browser = new Browser(host);
        await FailAsync(browser, host, "ada", 3);
        var proof = Solve(Box(browser)!);
        Assert.Contains("is not right", (await TryAsync(browser, "ada", "wrong", proof)).Text, StringComparison.Ordinal);
        Assert.Contains(Asks, (await TryAsync(browser, "ada", TestDocument.Password, proof)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_sixteen_parallel_uses_of_a_proof_one_counts()
    {
        await using var host = await IdpHost.StartAsync(Setup());
        var captcha = host.Services.GetRequiredService<ICaptcha>();
        var challenge = (ProofOfWorkChallenge)captcha.CreateChallenge();
        var form = Form(Answer(challenge.Salt, challenge.Hash, challenge.Max, challenge.Signature));
        var taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => captcha.VerifyAsync(form, CancellationToken.None).AsTask())));
        Assert.Single(taken, true);
    }

    [Fact]
    public async Task A_proof_ends_with_its_time()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var host = await IdpHost.StartAsync(Setup(clock));
        var captcha = host.Services.GetRequiredService<ICaptcha>();
        var challenge = (ProofOfWorkChallenge)captcha.CreateChallenge();
        clock.Advance(TimeSpan.FromHours(1));
        Assert.False(await captcha.VerifyAsync(Form(Answer(challenge.Salt, challenge.Hash, challenge.Max, challenge.Signature)), CancellationToken.None));
    }

    [Fact]
    public async Task Nobody_answers_a_question_of_their_own_or_one_with_a_later_end()
    {
        await using var host = await IdpHost.StartAsync(Setup());
        var captcha = host.Services.GetRequiredService<ICaptcha>();
        var challenge = (ProofOfWorkChallenge)captcha.CreateChallenge();
        var later = $"{challenge.Salt.Split('.')[0]}.99999999999.";
        foreach (var forged in new[]
        {
            $"{later}~1~{challenge.Signature}",
            $"{challenge.Salt}~{challenge.Max + 1}~{challenge.Signature}",
            $"{challenge.Salt}~1~{new string('0', 64)}",
            $"~~{challenge.Signature}", "~", "a~b~c~d", "", new string('~', 500),
        })
            Assert.False(await captcha.VerifyAsync(Form(forged), CancellationToken.None), forged);
    }

    private static Microsoft.AspNetCore.Http.FormCollection Form(string proof) => new(new Dictionary<string, StringValues> { [ProofOfWork.Field] = proof });

    private static async Task FailAsync(Browser browser, IdpHost host, string username, int times)
    {
        await browser.OpenAsync(new RelyingParty(host).AuthorizeUrl());
        for (var i = 0; i < times; i++)
            await TryAsync(browser, username, "wrong");
    }

    private static Task<BrowserPage> TryAsync(Browser browser, string username, string password, string proof = "") =>
        browser.SubmitAsync("Sign in", ("username", username), ("password", password), (ProofOfWork.Field, proof));

    private static IElement? Box(Browser browser) => browser.Page.Document.QuerySelector("[data-proof]");

    private static string Solve(IElement box) =>
        Answer(box.GetAttribute("data-salt")!, box.GetAttribute("data-hash")!, int.Parse(box.GetAttribute("data-max")!, CultureInfo.InvariantCulture), box.GetAttribute("data-signature")!);

    private static string Answer(string salt, string hash, int max, string signature) =>
        $"{salt}~{Enumerable.Range(0, max + 1).First(n => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(salt + n))) == hash)}~{signature}";
}
