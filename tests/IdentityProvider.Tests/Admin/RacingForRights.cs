using System.Net;
using IdentityProvider.PersonalData;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>What must hold when sixteen requests come at once, on two nodes over one database.</summary>
public sealed class RacingForRights
{
    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task One_administrator_is_left_no_group_lies_in_itself_and_a_name_is_given_once(DatabaseProvider provider)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
        await using var nodes = await TwoNodes.StartAsync(provider, RightsBench.Document(), clock);
        var bench = new RightsBench(nodes.First, clock);
        var (ada, otto) = (await bench.TokenAsync("ada"), await bench.TokenAsync("otto"));
        var (adaId, ottoId) = (await bench.SubAsync("ada"), await bench.SubAsync("otto"));

        var made = await RaceAsync((i, node) => bench.SendAsync(HttpMethod.Post, i % 4 < 2 ? "groups" : "roles", i % 2 == 0 ? ada : otto, new { name = "one" }, node: node));
        Assert.Equal(2, made.Count(status => status == HttpStatusCode.Created));
        Assert.Equal(14, made.Count(status => status == HttpStatusCode.Conflict));

        await bench.SendAsync(HttpMethod.Post, "groups", ada, new { name = "other" });
        var nested = await RaceAsync((i, node) => bench.SendAsync(HttpMethod.Put, i % 4 < 2 ? "groups/one" : "groups/other", i % 2 == 0 ? ada : otto, new { groups = new[] { i % 4 < 2 ? "other" : "one" } }, "*", node));
        Assert.Contains(HttpStatusCode.OK, nested);
        Assert.All(nested, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Conflict, status.ToString()));
        Assert.Equal(1, await nodes.First.InStoreAsync(db => db.Set<GroupPath>().CountAsync(path => path.Distance > 0)));

        // Each takes the role from the other; whoever is second holds nothing any more.
        var demoted = await RaceAsync((i, node) => bench.SendAsync(HttpMethod.Put, $"users/{(i % 4 < 2 ? ottoId : adaId)}/roles", i % 4 < 2 ? ada : otto, new { roles = Array.Empty<string>() }, "*", node));
        Assert.Contains(HttpStatusCode.OK, demoted);
        Assert.All(demoted, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Forbidden, status.ToString()));
        Assert.Equal(1, await HoldersAsync());

        // And the one who is left takes it from nobody, however often.
        var last = await nodes.First.InStoreAsync(db => UserRoles.Holders(db, SeededRoles.Admin).SingleAsync());
        var stays = await RaceAsync((_, node) => bench.SendAsync(HttpMethod.Put, $"users/{last}/roles", last == adaId ? ada : otto, new { roles = Array.Empty<string>() }, "*", node));
        Assert.All(stays, status => Assert.Equal(HttpStatusCode.Conflict, status));
        Assert.Equal(1, await HoldersAsync());

        Task<int> HoldersAsync() => nodes.First.InStoreAsync(db => UserRoles.Holders(db, SeededRoles.Admin).CountAsync());

        async Task<HttpStatusCode[]> RaceAsync(Func<int, IdpHost, Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body, string? Tag)>> request) =>
            [.. (await Task.WhenAll(Enumerable.Range(0, TwoNodes.Parallel).Select(i => Task.Run(() => request(i, i % 2 == 0 ? nodes.First : nodes.Second))))).Select(answer => answer.Status)];
    }

    [Theory, MemberData(nameof(Providers))]
    public async Task Of_two_last_administrators_who_close_their_accounts_at_once_one_stays(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider, RightsBench.Document());
        var closed = await Task.WhenAll(Enumerable.Range(0, TwoNodes.Parallel).Select(i => Task.Run(() => CloseAsync(i % 2 == 0 ? nodes.First : nodes.Second, i % 4 < 2 ? "ada" : "otto"))));
        Assert.Single(closed.OfType<Guid>().Distinct());
        Assert.True(await nodes.First.InStoreAsync(db => new Administrators(db, [new Leaving(all => all.Set<Deletion>().Select(deletion => deletion.UserId))]).AnyAsync(default)));

        // Null: the last one stays.
        static async Task<Guid?> CloseAsync(IdpHost node, string username)
        {
            await using var scope = node.Services.CreateAsyncScope();
            var user = await scope.ServiceProvider.GetRequiredService<Store>().Set<User>().SingleAsync(person => person.UserName == username);
            return (await scope.ServiceProvider.GetRequiredService<Deletions>().RequestAsync(user, default))?.UserId;
        }
    }
}
