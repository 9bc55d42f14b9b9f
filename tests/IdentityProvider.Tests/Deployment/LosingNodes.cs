using System.Net;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Deployment;

/// <summary>A node goes while both are busy. nginx learns of it by the first request that fails.</summary>
[Collection(nameof(Cluster))]
public sealed class LosingNodes(Cluster cluster)
{
    [NginxFact]
    public async Task A_node_that_stops_or_dies_costs_no_more_than_was_under_way_and_nothing_that_was_answered()
    {
        using var browser = cluster.Browse();
        await LoseAsync(browser, cluster.Second, async node => Assert.Equal(0, (await node.TerminateAsync()).ExitCode));
        await LoseAsync(browser, cluster.First, node => node.KillAsync());
    }

    private async Task LoseAsync(Browser browser, HostProcess node, Func<HostProcess, Task> end)
    {
        var load = await Load.BeginAsync(cluster, browser);
        await load.AnswersAsync(50);
        await end(node);
        await load.AnswersAsync(50);
        await load.EndAsync();
        Assert.InRange(load.Unanswered, 0, Load.Posts);

        // What was answered is so, on the node that is left: tokens are known, and no code buys anything twice.
        Assert.All(await load.IntrospectAsync(), active => Assert.True(active, "A token that was answered is unknown."));
        Assert.NotEmpty(load.Codes);
        foreach (var (client, code) in load.Codes)
            Assert.Equal("invalid_grant", (await new RelyingParty(cluster.Http, "trusted") { Verifier = client.Verifier }.RedeemAsync(code)).Error);

        // Started without load: on two cores a process beside a busy one takes half a minute to come up.
        await UsesAsync(await cluster.RestartAsync(node));
    }

    /// <summary>nginx tries a node again by itself.</summary>
    private async Task UsesAsync(HostProcess node)
    {
        var before = cluster.Nginx.Log().Count;
        await Eventually.HoldsAsync(async () =>
        {
            using var answer = await cluster.Http.GetAsync(new Uri("/.well-known/jwks", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return cluster.Nginx.Log().Skip(before).Any(passed => passed.Node == Cluster.Address(node));
        });
    }
}
