using System.Net;
using System.Net.Http.Headers;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Account;

public sealed class AskingWhoIAm
{
    private const string Path = "/api/me";

    [Fact]
    public async Task A_token_learns_of_its_person_what_its_scopes_release()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var client = new RelyingParty(host);
        var tokens = await client.TokensAsync(browser, "openid profile email roles");
        var all = await client.GetAsync(Path, tokens["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, all.Status);
        Assert.Equal(RelyingParty.Claims(tokens["id_token"]!).GetProperty("sub").GetString(), all["id"]);
        Assert.Equal(("ada@example.test", "Ada Lovelace"), (all["email"], all["name"]));
        Assert.Equal(["admin", "user"], all.Json.GetProperty("roles").EnumerateArray().Select(r => r.GetString()!).Order());

        var little = await client.GetAsync(Path, (await client.TokensAsync(browser, "openid"))["access_token"]!);
        Assert.Equal(["id"], little.Json.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task Without_a_token_of_this_server_for_this_server_there_is_a_challenge()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        using var browser = new Browser(host);
        var client = new RelyingParty(host);
        var tokens = await client.TokensAsync(browser, "openid profile");
        var token = tokens["access_token"]!;

        var none = await host.Http.GetAsync(Path);
        Assert.Equal((HttpStatusCode.Unauthorized, $"Bearer realm=\"{host.Issuer.ToString().TrimEnd('/')}\""), (none.StatusCode, none.Headers.WwwAuthenticate.ToString()));
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Http.GetAsync($"{Path}?access_token={token}")).StatusCode);

        await RefusedAsync(client, "not.a.token");
        await RefusedAsync(client, tokens["id_token"]!);
        await RefusedAsync(client, token[..^4] + (token.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA"));
        await RefusedAsync(client, $"eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{token.Split('.')[1]}.");
        await RefusedAsync(client, (await client.TokensAsync(browser, "openid notes:read"))["access_token"]!);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(Path, token)).Status);
        clock.Advance(TimeSpan.FromMinutes(16));
        await RefusedAsync(client, token);
    }

    [Fact]
    public async Task A_token_dies_here_with_its_revocation_its_grant_and_its_person()
    {
        await using var host = await IdpHost.StartAsync();
        using var browser = new Browser(host);
        var client = new RelyingParty(host);
        async Task<string> TokenAsync() => (await client.TokensAsync(browser, "openid"))["access_token"]!;

        var revoked = await TokenAsync();
        await client.PostAsync("/connect/revoke", ("token", revoked));
        await RefusedAsync(client, revoked);

        var ended = await TokenAsync();
        await browser.OpenAccountAsync("/account/apps");
        await browser.SubmitAsync("End access");
        await RefusedAsync(client, ended);

        var orphaned = await TokenAsync();
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, u => u.CreatedAt)));
        await RefusedAsync(client, orphaned);
    }

    [Fact]
    public async Task A_client_that_speaks_for_itself_is_nobody_here()
    {
        await using var host = await IdpHost.StartAsync();
        var worker = new RelyingParty(host, "worker");
        var token = (await worker.TokenAsync(("grant_type", "client_credentials")))["access_token"]!;
        using var request = new HttpRequestMessage(HttpMethod.Get, Path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        Assert.Contains((await host.Http.SendAsync(request)).StatusCode, new[] { HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized });
    }

    private static async Task RefusedAsync(RelyingParty client, string token)
    {
        var answer = await client.GetAsync(Path, token);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("invalid_token", answer["error"]);
        Assert.Contains("error=\"invalid_token\"", answer.Response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }
}
