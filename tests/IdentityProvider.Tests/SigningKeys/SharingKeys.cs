using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace IdentityProvider.Tests.SigningKeys;

public sealed class SharingKeys
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Nodes_that_start_at_once_on_one_database_agree(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await Node.CreateTablesAsync(database.Options);
        Node[] nodes = [.. Enumerable.Range(0, 4).Select(_ => new Node(database.Options, clock))];

        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.Ring.LoadAsync(default))));

        Assert.Equal(3, (await nodes[0].RowsAsync()).Count);
        Assert.All(nodes, node => Assert.Equal(nodes[0].Ring.Published.Select(c => c.Kid), node.Ring.Published.Select(c => c.Kid)));
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Nodes_that_rotate_at_once_make_one_successor(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        await Node.CreateTablesAsync(database.Options);
        Node[] nodes = [.. Enumerable.Range(0, 4).Select(_ => new Node(database.Options, clock))];
        foreach (var node in nodes)
            await node.Ring.LoadAsync(default);

        clock.Advance(TimeSpan.FromDays(80));
        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.Ring.LoadAsync(default))));

        Assert.Equal(6, (await nodes[0].RowsAsync()).Count);
        Assert.All(nodes, node => Assert.Equal(6, node.Ring.Published.Count));
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Fact]
    public async Task A_key_made_by_another_node_is_known_before_it_signs()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await Node.CreateTablesAsync(database.Options);
        await using var here = new Node(database.Options, clock);
        await using var there = new Node(database.Options, clock);
        await here.Ring.LoadAsync(default);
        await there.Ring.LoadAsync(default);

        var at = await there.Store.RotateAsync(default);
        await here.Ring.LoadAsync(default);
        Assert.Equal(6, here.Ring.Published.Count);
        clock.SetUtcNow(at);
        Assert.Equal(there.Ring.Current("PS256").Kid, here.Ring.Current("PS256").Kid);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task A_token_signed_by_one_node_is_valid_at_another_before_and_after_a_rotation(string algorithm)
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await Node.CreateTablesAsync(database.Options);
        await using var here = new Node(database.Options, clock);
        await using var there = new Node(database.Options, clock);
        await here.Ring.LoadAsync(default);
        await there.Ring.LoadAsync(default);
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor { SigningCredentials = here.Ring.Current(algorithm) });

        Assert.True(await IsValidAsync(there, token));
        clock.SetUtcNow(await here.Store.RotateAsync(default));
        await there.Ring.LoadAsync(default);
        Assert.True(await IsValidAsync(there, token));
        Assert.Equal(algorithm, new JsonWebToken(token).Alg);
    }

    private static async Task<bool> IsValidAsync(Node node, string token) => (await new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
    {
        IssuerSigningKeys = node.Ring.Published.Select(c => c.Key),
        ValidateAudience = false,
        ValidateIssuer = false,
        ValidateLifetime = false,
    })).IsValid;
}
