using System.Net;
using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Tests.Tokens;

/// <summary>Two processes on one database, which share nothing else: what decides a race is not in the memory of either.</summary>
public sealed class RacingProcesses
{
    private const int Parallel = 16;
    private const string Scope = "openid offline_access notes:read";

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task A_refresh_token_has_one_successor_and_a_code_is_redeemed_once(DatabaseProvider provider)
    {
        // The grace is long: a slow machine must not turn a race into a theft.
        var settings = new Dictionary<string, string> { ["Tokens:RefreshTokenGrace"] = "00:01:00" };
        await using var database = FreshDatabase.Of(provider);
        await using var here = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Settings = settings });
        using var there = await HostProcess.StartAsync(here, database.Options, settings);
        using var browser = new Browser(here);
        var client = new RelyingParty(here, "trusted");
        var token = (await client.TokensAsync(browser, Scope))["refresh_token"]!;

        var answers = await RaceAsync(here, there, ("grant_type", "refresh_token"), ("refresh_token", token));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.NotEqual(token, Assert.Single(answers.Select(answer => answer.Body.GetProperty("refresh_token").GetString()).Distinct()));
        Assert.Equal(1, await AliveAsync(here));

        var code = (await browser.OpenAsync(client.AuthorizeUrl(Scope))).Query("code");
        answers = await RaceAsync(here, there, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", client.RedirectUri), ("code_verifier", client.Verifier));
        Assert.True(answers.Count(answer => answer.Status == HttpStatusCode.OK) <= 1, "A code was redeemed twice.");
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.OK), answer => Assert.Equal("invalid_grant", answer.Body.GetProperty("error").GetString()));
        Assert.Equal(1, await AliveAsync(here));
    }

    private static Task<(HttpStatusCode Status, JsonElement Body)[]> RaceAsync(IdpHost here, HostProcess there, params (string Name, string Value)[] parameters) =>
        Task.WhenAll(Enumerable.Range(0, Parallel).Select(i => Task.Run(async () =>
        {
            using var form = new FormUrlEncodedContent([.. parameters.Append(("client_id", "trusted")).Append(("client_secret", TestDocument.Secret)).Select(p => KeyValuePair.Create(p.Item1, p.Item2))]);
            using var response = await (i % 2 == 0 ? here.Http : there.Http).PostAsync(new Uri("/connect/token", UriKind.Relative), form);
            return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
        })));

    private static Task<int> AliveAsync(IdpHost host) => host.InStoreAsync(db => db.Set<Token>().CountAsync(t => t.Type == TokenTypeIdentifiers.RefreshToken && t.Status == Statuses.Valid));
}
