using System.Net;
using IdentityProvider.Mfa;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Platform.Limits;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Mfa;

[Collection(SharedDatabasesCollection.Name)]
public sealed class UsingRecoveryCodes(SharedDatabases databases)
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task One_of_16_parallel_uses_of_a_code_over_two_nodes_is_right(DatabaseProvider provider)
    {
        var (a, b) = databases.TwoNodes(provider, clock);
        using var disposeA = a;
        using var disposeB = b;
        var user = (await a.NewUserAsync()).Id;
        var code = (await MakeAsync(a, user))[3];

        var right = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            await using var scope = (i % 2 == 0 ? a : b).CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<RecoveryCodes>().UseAsync(user, code, default);
        })));

        Assert.Single(right, true);
    }

    [Fact]
    public async Task Codes_are_long_differ_and_are_kept_as_keyed_hashes_of_their_person()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        var (ada, grace) = ((await node.NewUserAsync()).Id, (await node.NewUserAsync()).Id);
        var codes = await MakeAsync(node, ada);
        Assert.Equal(10, codes.Distinct().Count());
        Assert.All(codes, code => Assert.True(code.Count(char.IsAsciiLetterOrDigit) * Math.Log2(30) >= 112));
        var stored = await node.InStoreAsync(db => db.Set<RecoveryCode>().Where(c => c.UserId == ada).Select(c => c.CodeHash).ToListAsync());
        Assert.DoesNotContain(stored, hash => codes.Any(code => hash.Contains(code.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase)));
        Assert.False(await UseAsync(node, grace, codes[0]));
        Assert.True(await UseAsync(node, ada, $" {codes[0].ToLowerInvariant().Replace('-', ' ')} "));
    }

    [Fact]
    public async Task A_new_set_ends_the_old_one()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        var user = (await node.NewUserAsync()).Id;
        var old = await MakeAsync(node, user);
        var fresh = await MakeAsync(node, user);
        Assert.False(await UseAsync(node, user, old[0]));
        Assert.True(await UseAsync(node, user, fresh[0]));
    }

    [Fact]
    public async Task A_code_stands_in_for_the_app_once_is_mailed_and_counted()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        using var browser = new Browser(host);
        var secret = (await browser.OpenAccountAsync("/account/authenticators/add")).Document.QuerySelector("[data-copy] code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
        var page = await browser.SubmitAsync("Finish", ("code", new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(clock.GetUtcNow().UtcDateTime)));
        var codes = page.Document.QuerySelector("pre code")!.TextContent.Split('\n');

        using var phoneless = new Browser(host);
        await phoneless.OpenAccountAsync();
        page = await FollowAsync(phoneless, "Use a recovery code");
        Assert.Equal("/mfa/recovery-code", page.Url.AbsolutePath);
        Assert.Contains("six groups", (await phoneless.SubmitAsync("Continue", ("code", "123456"))).Text, StringComparison.Ordinal);
        page = await phoneless.SubmitAsync("Continue", ("code", codes[0]));
        Assert.Equal("/account", page.Url.AbsolutePath);
        Assert.Contains("recovery codes was used", (await host.MailAsync("ada@example.test")).TextBody, StringComparison.Ordinal);
        Assert.Contains("9 of 10", (await phoneless.OpenAsync("/account/authenticators")).Text, StringComparison.Ordinal);

        using var thief = new Browser(host);
        await thief.OpenAccountAsync();
        await FollowAsync(thief, "Use a recovery code");
        Assert.Contains("does not work", (await thief.SubmitAsync("Continue", ("code", codes[0]))).Text, StringComparison.Ordinal);
        for (var i = 0; i < 4; i++)
            await thief.SubmitAsync("Continue", ("code", new string('A', 24)));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await thief.SubmitAsync("Continue", ("code", codes[1]))).Status);
        Assert.Contains("guessing", (await host.MailAsync("ada@example.test")).Subject, StringComparison.Ordinal);

        // The count of one kind is not that of another.
        clock.Advance(TimeSpan.FromSeconds(30));
        await FollowAsync(thief, "Use your authenticator app");
        page = await thief.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(clock.GetUtcNow().UtcDateTime)));
        Assert.Equal("/account", page.Url.AbsolutePath);
    }

    private static Task<BrowserPage> FollowAsync(Browser browser, string link) =>
        browser.OpenAsync(browser.Page.Document.QuerySelectorAll("a").Single(a => a.TextContent.Trim() == link).GetAttribute("href")!);

    private static async Task<IReadOnlyList<string>> MakeAsync(ServiceProvider node, Guid user)
    {
        await using var scope = node.CreateAsyncScope();
        var codes = await scope.ServiceProvider.GetRequiredService<RecoveryCodes>().ReplaceAsync(user, default);
        await scope.ServiceProvider.GetRequiredService<Store>().SaveChangesAsync();
        return codes;
    }

    private static async Task<bool> UseAsync(ServiceProvider node, Guid user, string code)
    {
        await using var scope = node.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<RecoveryCodes>().UseAsync(user, code, default);
    }
}
