using System.Net;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tokens;

public sealed class ReplayingAssertions : IDisposable
{
    private readonly TestKey key = new("ES256");

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    private Assertion Right(IdpHost host) => new(key, "keyed", host.Issuer.ToString().TrimEnd('/'), TimeProvider.System.GetUtcNow());

    private string Document => Documents.With(Documents.KeyClient("keyed", key), Documents.KeyClient("twin", key));

    [Fact]
    public async Task An_assertion_is_used_once()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Document = Document });
        var assertion = Right(host);
        Assert.Equal(HttpStatusCode.OK, (await Assertion.PostAsync(host, assertion.Text)).Status);
        var again = await Assertion.PostAsync(host, assertion.Text);
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (again.Status, again.Error));

        // Signed anew with the same jti it is still the same; another client has identifiers of its own.
        var signedAgain = await Assertion.PostAsync(host, assertion.With("iat", 1).Text);
        Assert.Equal(HttpStatusCode.Unauthorized, signedAgain.Status);
        var twin = await Assertion.PostAsync(host, assertion.With("iss", "twin").With("sub", "twin").Text);
        Assert.Equal(HttpStatusCode.OK, twin.Status);
    }

    [Fact]
    public async Task A_stranger_cannot_use_up_an_identifier()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Document = Document });
        using var foreign = new TestKey("ES256");
        var assertion = Right(host);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Assertion.PostAsync(host, foreign.Sign(assertion.Header, assertion.Claims))).Status);
        Assert.Equal(HttpStatusCode.OK, (await Assertion.PostAsync(host, assertion.Text)).Status);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Of_many_at_once_on_two_nodes_one_succeeds(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider, Document);
        foreach (var both in new[] { false, true, true })
        {
            var text = Right(nodes.First).Text;
            var answers = await nodes.RaceAsync(host => Assertion.PostAsync(host, text), both);
            Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
            Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (a.Status, a.Error)));
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task What_one_node_has_seen_the_other_refuses(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider, Document);
        var text = Right(nodes.First).Text;
        Assert.Equal(HttpStatusCode.OK, (await Assertion.PostAsync(nodes.First, text)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Assertion.PostAsync(nodes.Second, text)).Status);
    }

    public void Dispose() => key.Dispose();
}
