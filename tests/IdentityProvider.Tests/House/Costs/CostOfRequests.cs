using System.Net;
using System.Text.Json.Nodes;
using IdentityProvider.Tests.Device;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using Xunit.Abstractions;

namespace IdentityProvider.Tests.House.Costs;

/// <summary>
/// Round trips, signatures and hashes of each kind of request on a warm server, compared with a checked-in table: a query
/// more on a hot path is a change somebody has to want.
/// </summary>
public sealed class CostOfRequests(ITestOutputHelper output)
{
    // Nothing that is remembered gets old while the clock stands, so that the numbers do not depend on the machine.
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Requests_cost_what_the_table_says()
    {
        using var meter = new CostMeter();
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = new FakeTimeProvider(Now), Document = Documents.With(Referring), Services = meter.AddTo, Settings = { ["Tokens:RevocationsSeenWithin"] = "00:00:00.5" } });
        await MeasureAsync(host, meter);
        var rows = await MeasureAsync(host, meter);
        foreach (var (title, cost) in rows)
            output.WriteLine($"== {title}\n{string.Join("\n--\n", cost.Statements)}\n");

        Snapshot.Matches("docs/reference/costs.md", $"""
            # What requests cost

            Counted by `CostOfRequests` on a warm server over HTTP, on SQLite, and compared in a test; `UPDATE_SNAPSHOTS=1 dotnet test` writes it anew.

            Reads and writes are commands sent to the database. A write outside a transaction counts as a transaction of its own, because the
            database makes it durable alone. Signatures are those with a private key. Clients, scopes and signing keys are remembered across
            requests; a client is read again when it is older than one second, a scope when it is older than two. What was revoked
            is read once in half a second, by the request that finds the list old, and is not counted here.

            | Request | Reads | Writes | Transactions | Signatures | Password hashes |
            | --- | --: | --: | --: | --: | --: |
            {string.Join('\n', rows.Select(row => row.Cost.Row(row.Title)))}

            ## Where it could be less

            - Password: the attempt is written before the hash and removed after a right one, so that parallel guesses count; two writes by intent.
            - Rate counters are read before they are raised, so that a flood that is refused costs no write; within the limit one statement would do.
            - Authorize asks for a second factor and for the consent apart from the session: a join each.
            - Of a sign-in with one factor authorize and token read the roles of the person, so that one that demands a second counts at once.
            - Device authorization counts the open codes twice, for the client's address and in all; a poll reads its interval before it moves it.
            - Codes and refresh tokens are signed (ES256, 0.03 ms) although they are encrypted and looked up; the engine does both.
            """);
    }

    private static JsonObject Referring => new()
    {
        ["client_id"] = "referring",
        ["client_secret"] = TestDocument.Secret,
        ["token_endpoint_auth_method"] = "client_secret_post",
        ["grant_types"] = new JsonArray("client_credentials"),
        ["scope"] = "notes:read",
        ["access_token_format"] = "reference",
    };

    private static async Task<List<(string Title, RequestCost Cost)>> MeasureAsync(IdpHost host, CostMeter meter)
    {
        var rows = new List<(string, RequestCost)>();
        void Note(string title, string request) => rows.Add((title, meter[request]));

        await RightAsync(host.Http.GetAsync(new Uri("/.well-known/openid-configuration", UriKind.Relative)));
        Note("Discovery document", "GET /.well-known/openid-configuration");
        await RightAsync(host.Http.GetAsync(new Uri("/.well-known/jwks", UriKind.Relative)));
        Note("Key set (JWKS)", "GET /.well-known/jwks");
        Right(await new RelyingParty(host, "worker").TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read")));
        Note("Token: client credentials", "POST /connect/token");

        using var browser = new Browser(host);
        var client = new RelyingParty(host);
        await browser.OpenAsync(client.AuthorizeUrl("openid profile offline_access notes:read"));
        Note("Authorize: nobody is signed in, on to the sign-in page", "GET /connect/authorize");
        Note("Sign-in page", "GET /login");
        await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        Note("Sign-in page: password sent", "POST /login");
        if (browser.Page.Url.AbsolutePath == "/consent")
            await browser.SubmitAsync("Allow");
        var silent = await browser.OpenAsync(client.AuthorizeUrl("openid profile offline_access notes:read"));
        Note("Authorize: with a session, consent given before", "GET /connect/authorize");
        var trusted = new RelyingParty(host, "trusted");
        Assert.NotEmpty((await browser.OpenAsync(trusted.AuthorizeUrl("openid profile"))).Query("code"));
        Note("Authorize: with a session, first-party client", "GET /connect/authorize");

        var tokens = Right(await client.RedeemAsync(silent.Query("code")));
        Note("Token: code, with ID and refresh token", "POST /connect/token");
        tokens = Right(await client.RefreshAsync(tokens["refresh_token"]!));
        Note("Token: refresh token, rotated", "POST /connect/token");

        // The first one reads what was revoked.
        Right(await client.GetAsync("/connect/userinfo", tokens["access_token"]!));
        Right(await client.GetAsync("/connect/userinfo", tokens["access_token"]!));
        Note("UserInfo", "GET /connect/userinfo");
        Assert.Equal("True", Right(await new RelyingParty(host, TestDocument.Api).PostAsync("/connect/introspect", ("token", tokens["access_token"])))["active"]);
        Note("Introspection of an access token", "POST /connect/introspect");
        Right(await new RelyingParty(host, "referring").TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read")));
        var reference = Right(await new RelyingParty(host, "referring").TokenAsync(("grant_type", "client_credentials"), ("scope", "notes:read")));
        Note("Token: client credentials, a reference", "POST /connect/token");
        Assert.Equal("True", Right(await new RelyingParty(host, TestDocument.Api).PostAsync("/connect/introspect", ("token", reference["access_token"])))["active"]);
        Note("Introspection of a reference", "POST /connect/introspect");
        Right(await client.PostAsync("/connect/revoke", ("token", tokens["refresh_token"])));
        Note("Revocation of a refresh token", "POST /connect/revoke");

        var tv = await new Tv(host).StartAsync();
        Note("Device authorization", "POST /connect/device");
        Assert.Equal("authorization_pending", (await tv.PollAsync()).Error);
        Note("Token: device code, nobody answered yet", "POST /connect/token");
        var shown = await new Tv(host).StartAsync();
        await shown.ApproveAsync(browser);
        Right(await shown.PollAsync());
        Note("Token: device code, approved", "POST /connect/token");
        return rows;
    }

    private static Answer Right(Answer answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return answer;
    }

    private static async Task RightAsync(Task<HttpResponseMessage> response) => Assert.Equal(HttpStatusCode.OK, (await response).StatusCode);
}
