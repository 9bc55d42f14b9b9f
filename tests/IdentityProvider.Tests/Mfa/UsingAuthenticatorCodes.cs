using IdentityProvider.Mfa;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Platform.Limits;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Mfa;

[Collection(SharedDatabasesCollection.Name)]
public sealed class UsingAuthenticatorCodes(SharedDatabases databases)
{
    private const string Secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task One_of_16_parallel_uses_of_a_code_over_two_nodes_is_right(DatabaseProvider provider)
    {
        var roomy = ("RateLimits:OtpPerUser:Permits", "100");
        var (a, b) = databases.TwoNodes(provider, clock, roomy);
        using var disposeA = a;
        using var disposeB = b;
        var user = await EnrolledAsync(a);
        var code = Code();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() =>
            (i % 2 == 0 ? a : b).Get<TotpChallenge>().CheckAsync(user, code, default))));

        Assert.Single(outcomes, TotpOutcome.Right);
        Assert.Equal(15, outcomes.Count(outcome => outcome is TotpOutcome.AlreadyUsed));
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task A_clock_may_differ_by_one_step_and_no_more(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var challenge = node.Get<TotpChallenge>();
        foreach (var (steps, expected) in new[] { (-2, TotpOutcome.Wrong), (-1, TotpOutcome.Right), (0, TotpOutcome.Right), (1, TotpOutcome.Right), (2, TotpOutcome.Wrong) })
            Assert.Equal(expected, await challenge.CheckAsync(await EnrolledAsync(node), Code(steps), default));
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task No_code_is_taken_from_before_the_latest_even_if_the_clock_goes_back(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (challenge, user) = (node.Get<TotpChallenge>(), await EnrolledAsync(node));
        Assert.Equal(TotpOutcome.Right, await challenge.CheckAsync(user, Code(), default));
        Assert.Equal(TotpOutcome.AlreadyUsed, await challenge.CheckAsync(user, Code(-1), default));

        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TotpOutcome.AlreadyUsed, await challenge.CheckAsync(user, Code(-1), default));
        Assert.Equal(TotpOutcome.Right, await challenge.CheckAsync(user, Code(), default));

        using var behind = databases.Node(provider, new FakeTimeProvider(clock.GetUtcNow().AddSeconds(-60)));
        Assert.Equal(TotpOutcome.AlreadyUsed, await behind.Get<TotpChallenge>().CheckAsync(user, Code(-1), default));
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task Of_16_parallel_guesses_5_are_checked_and_then_a_right_code_is_refused_too(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var (challenge, user, wrong) = (node.Get<TotpChallenge>(), await EnrolledAsync(node), WrongCode());

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => challenge.CheckAsync(user, wrong, default))));

        Assert.Equal(5, outcomes.Count(outcome => outcome is TotpOutcome.Wrong));
        Assert.Equal(TotpOutcome.TooManyAttempts, await challenge.CheckAsync(user, Code(), default));
        Assert.Equal(TotpOutcome.Right, await challenge.CheckAsync(await EnrolledAsync(node), Code(), default));

        clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(TotpOutcome.Right, await challenge.CheckAsync(user, Code(), default));
    }

    [Fact]
    public async Task A_right_code_clears_the_count_of_wrong_ones()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        var (challenge, user) = (node.Get<TotpChallenge>(), await EnrolledAsync(node));
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 4; i++)
                Assert.Equal(TotpOutcome.Wrong, await challenge.CheckAsync(user, WrongCode(), default));
            Assert.Equal(TotpOutcome.Right, await challenge.CheckAsync(user, Code(), default));
            clock.Advance(TimeSpan.FromSeconds(30));
        }
    }

    [Fact]
    public async Task Spaces_and_dashes_do_not_matter_and_a_slip_costs_no_attempt()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        var (challenge, user) = (node.Get<TotpChallenge>(), await EnrolledAsync(node));
        foreach (var slip in new[] { "", "12345", "1234567", "12345x", "\u0661\u0662\u0663\u0664\u0665\u0666", new string('1', 10_000) })
            Assert.Equal(TotpOutcome.Wrong, await challenge.CheckAsync(user, slip, default));
        Assert.Equal(TotpOutcome.Right, await challenge.CheckAsync(user, $" {Code()[..3]}-{Code()[3..]}\u00a0", default));
    }

    [Fact]
    public async Task A_user_without_authenticator_is_not_enrolled_and_no_code_is_right()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        var user = await node.NewUserAsync();
        Assert.False(await node.Get<TotpChallenge>().IsEnrolledAsync(user.Id, default));
        Assert.Equal(TotpOutcome.Wrong, await node.Get<TotpChallenge>().CheckAsync(user.Id, Code(), default));
        Assert.True(await node.Get<TotpChallenge>().IsEnrolledAsync(await EnrolledAsync(node), default));
    }

    [Theory, MemberData(nameof(SharedDatabases.Providers), MemberType = typeof(SharedDatabases))]
    public async Task Importing_the_same_secret_again_changes_nothing_and_another_takes_its_place(DatabaseProvider provider)
    {
        using var node = databases.Node(provider, clock);
        var user = await EnrolledAsync(node);
        var before = await AuthenticatorsAsync(node, user);
        await ImportAsync(node, user, "jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp ====");
        Assert.Equivalent(before, await AuthenticatorsAsync(node, user), strict: true);
        Assert.DoesNotContain(Secret, Assert.Single(before).ProtectedSecret, StringComparison.OrdinalIgnoreCase);

        const string other = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        await ImportAsync(node, user, other);
        Assert.Single(await AuthenticatorsAsync(node, user));
        Assert.Equal(TotpOutcome.Wrong, await node.Get<TotpChallenge>().CheckAsync(user, Code(), default));
        Assert.Equal(TotpOutcome.Right, await node.Get<TotpChallenge>().CheckAsync(user, Code(secret: other), default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base32!")]
    [InlineData("JBSWY3DP")]
    [InlineData("01890189018901890189")]
    public async Task What_is_no_secret_is_refused(string secret)
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, clock);
        var user = await node.NewUserAsync();
        await Assert.ThrowsAsync<FormatException>(() => ImportAsync(node, user.Id, secret));
        Assert.Empty(await AuthenticatorsAsync(node, user.Id));
    }

    private string Code(int steps = 0, string secret = Secret) =>
        new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(clock.GetUtcNow().AddSeconds(30 * steps).UtcDateTime);

    /// <summary>A code of none of the three steps that are taken.</summary>
    private string WrongCode() => Enumerable.Range(0, 4).Select(i => $"00000{i}").First(code => code != Code(-1) && code != Code() && code != Code(1));

    private static async Task<Guid> EnrolledAsync(ServiceProvider node)
    {
        var user = await node.NewUserAsync();
        await ImportAsync(node, user.Id, Secret);
        return user.Id;
    }

    private static Task<bool> ImportAsync(ServiceProvider node, Guid user, string secret) => node.InStoreAsync(async db =>
    {
        await node.Get<IAuthenticatorImport>().ImportTotpAsync(db, user, secret, default);
        return true;
    });

    private static Task<List<Authenticator>> AuthenticatorsAsync(ServiceProvider node, Guid user) =>
        node.InStoreAsync(db => db.Set<Authenticator>().AsNoTracking().Where(a => a.UserId == user).ToListAsync());
}
