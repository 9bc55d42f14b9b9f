using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Sessions;

/// <summary>Administrators see who is signed in, and end it, on a page and over the API.</summary>
public sealed class AdministeringSessions : IAsyncLifetime
{
    private const string Scope = "openid urn:identityprovider:admin";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = Document() });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_page_shows_who_is_signed_in_by_person_app_and_address_with_the_time_left()
    {
        using var ada = await SignedInAsync("ada", "web");
        using var grace = await SignedInAsync("grace", "trusted");
        using var admin = await AdministratorAsync();
        var page = await admin.OpenAsync("/admin/sessions");
        Assert.Equal("Sessions", page.Heading);
        Assert.Equal(["otp", "grace", "ada"], Names(page));
        Assert.Contains("ends in", page.Text, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", page.Text, StringComparison.Ordinal);
        Assert.Contains("this session", page.Document.QuerySelector("section.card")!.TextContent, StringComparison.Ordinal);

        Assert.Equal(["grace"], Names(await admin.OpenAsync("/admin/sessions?user=GRACE%40example.test")));
        Assert.Equal(["ada"], Names(await admin.OpenAsync("/admin/sessions?client_id=web")));
        Assert.Empty(Names(await admin.OpenAsync("/admin/sessions?ip=192.0.2.1")));
        Assert.Empty(Names(await admin.OpenAsync("/admin/sessions?user=" + new string('x', 3000))));
        Assert.Empty(Names(await admin.OpenAsync("/admin/sessions?client_id=web&ip=%00")));
        clock.Advance(TimeSpan.FromHours(30));
        using var later = await AdministratorAsync();
        Assert.Equal(["otp"], Names(await later.OpenAsync("/admin/sessions")));
    }

    [Fact]
    public async Task One_is_ended_or_all_of_a_person_and_the_next_request_of_theirs_is_refused()
    {
        using var first = await SignedInAsync("ada", "trusted");
        using var second = await SignedInAsync("ada", "trusted");
        using var third = await SignedInAsync("ada", "trusted");
        using var grace = await SignedInAsync("grace", "trusted");
        using var admin = await AdministratorAsync();
        await admin.OpenAsync("/admin/sessions?user=ada");
        var page = await admin.SubmitAsync("End the session of ada, Unknown browser");
        Assert.Contains("That session is over.", page.Text, StringComparison.Ordinal);
        Assert.Equal(["ada", "ada"], Names(page));
        Assert.Equal("/login", (await third.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("/account", (await first.OpenAsync("/account")).Url.AbsolutePath);

        page = await admin.SubmitAsync("Sign out everywhere");
        Assert.Contains("signed out everywhere", page.Text, StringComparison.Ordinal);
        Assert.Equal("/login", (await first.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("/login", (await second.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("/account", (await grace.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task Who_may_only_look_sees_no_button_and_others_see_nothing()
    {
        using var ada = await SignedInAsync("ada", "trusted");
        await GiveRoleAsync("ada");
        Assert.Equal(HttpStatusCode.Forbidden, (await ada.OpenAsync("/admin/sessions")).Status);
        Assert.DoesNotContain("Administration", (await ada.OpenAsync("/account")).Text, StringComparison.Ordinal);

        using var admin = await AdministratorAsync();
        Assert.Contains("Administration", (await admin.OpenAsync("/account")).Text, StringComparison.Ordinal);
        var page = await admin.OpenAsync("/admin/sessions?user=ada");
        var token = page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        await GiveRoleAsync("otp", "watcher", "sessions:read");
        page = await admin.OpenAsync("/admin");
        Assert.Equal("/admin/sessions", page.Url.AbsolutePath);
        Assert.Equal(["otp", "ada"], Names(page));
        Assert.Null(page.Document.QuerySelector("main button.danger"));
        var sid = await host.InStoreAsync(db => db.Set<Session>().Where(s => s.User.UserName == "ada").Select(s => s.Id).SingleAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.PostAsync(host["/admin/sessions?handler=End"], [new("__RequestVerificationToken", token), new("session", sid.ToString())])).Status);
        Assert.Equal("/account", (await ada.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task A_role_that_is_given_or_taken_counts_at_the_next_request_of_a_live_session_and_token()
    {
        using var admin = await AdministratorAsync();
        var token = await TokenAsync(admin);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "sessions", token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.OpenAsync("/admin/sessions")).Status);
        await GiveRoleAsync("otp");
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Get, "sessions", token)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.OpenAsync("/admin/sessions")).Status);
        await GiveRoleAsync("otp", "overseer", "sessions:read:all");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "sessions", token)).Status);
        Assert.Equal(HttpStatusCode.OK, (await admin.OpenAsync("/admin/sessions")).Status);
    }

    [Fact]
    public async Task Somebody_who_becomes_an_administrator_gives_a_second_factor_before_the_first_page()
    {
        using var browser = await SignedInAsync("grace", "trusted");
        await GiveRoleAsync("grace", "keeper", "sessions:manage", "sessions:read");
        Assert.Equal("/mfa/set-up", (await browser.OpenAsync("/admin/sessions")).Url.AbsolutePath);
        Assert.Equal("/mfa/set-up", (await browser.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task The_api_lists_pages_and_ends()
    {
        using var ada = await SignedInAsync("ada", "web");
        clock.Advance(TimeSpan.FromMinutes(1));
        using var grace = await SignedInAsync("grace", "trusted");
        clock.Advance(TimeSpan.FromMinutes(1));
        using var admin = await AdministratorAsync();
        var token = await TokenAsync(admin);
        var (status, list) = await SendAsync(HttpMethod.Get, "sessions?limit=2", token);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(["otp", "grace"], Usernames(list));
        var (_, rest) = await SendAsync(HttpMethod.Get, $"sessions?limit=2&after={list.GetProperty("next").GetString()}", token);
        Assert.Equal(["ada"], Usernames(rest));
        Assert.False(rest.TryGetProperty("next", out _));
        var session = rest.GetProperty("sessions")[0];
        Assert.Equal(["web"], session.GetProperty("client_ids").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal(["pwd"], session.GetProperty("amr").EnumerateArray().Select(c => c.GetString()));
        Assert.InRange(session.GetProperty("expires_in").GetInt64(), 1, (long)TimeSpan.FromDays(1).TotalSeconds);
        Assert.Equal(["ada"], Usernames((await SendAsync(HttpMethod.Get, $"sessions?user={session.GetProperty("sub").GetGuid()}", token)).Body));

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, $"sessions/{session.GetProperty("sid").GetGuid()}", token)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, $"sessions/{session.GetProperty("sid").GetGuid()}", token)).Status);
        Assert.Equal("/login", (await ada.OpenAsync("/account")).Url.AbsolutePath);
        var sub = list.GetProperty("sessions")[1].GetProperty("sub").GetGuid();
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, $"users/{sub}/sessions", token)).Status);
        Assert.Equal("/login", (await grace.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, $"users/{Guid.CreateVersion7()}/sessions", token)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Get, "sessions?limit=201", token)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Get, "sessions?after=yesterday", token)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Get, "sessions?limit=many", token)).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Get, "sessions?ip=" + new string('1', 65), token)).Status);
    }

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task On_two_nodes_pages_follow_each_other_and_an_ended_session_is_refused_on_the_other(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider, Document(), clock);
        using var ada = await SignedInAsync("ada", "trusted", nodes.First);
        using var again = await SignedInAsync("ada", "trusted", nodes.First);
        using var admin = await AdministratorAsync(nodes.First);
        var token = await TokenAsync(admin, nodes.First);
        List<string?> seen = [];
        string? next = null;
        do
        {
            var (_, page) = await SendAsync(HttpMethod.Get, "sessions?limit=1" + (next is null ? "" : $"&after={next}"), token, nodes.Second);
            seen.AddRange(Usernames(page));
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }
        while (next is not null);
        Assert.Equal(["ada", "ada", "otp"], seen.Order(StringComparer.Ordinal));

        foreach (var part in new[] { "user", "client_id", "ip" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Get, $"sessions?{part}=a%00b", token, nodes.Second)).Status);
            Assert.Empty(Names(await admin.OpenAsync($"/admin/sessions?{part}=a%00b")));
        }

        var sub = (await SendAsync(HttpMethod.Get, "sessions?user=ada", token, nodes.Second)).Body.GetProperty("sessions")[0].GetProperty("sub").GetGuid();
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Delete, $"users/{sub}/sessions", token, nodes.Second)).Status);
        Assert.Equal("/login", (await ada.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("/login", (await again.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task Without_a_token_the_scope_the_right_or_the_second_factor_there_is_nothing_to_get()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "sessions", null)).Status);
        using var ada = await SignedInAsync("ada", "trusted");
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Get, "sessions", await TokenAsync(ada))).Status);
        using var admin = await AdministratorAsync();
        var plain = await new RelyingParty(host, "trusted").TokensAsync(admin, "openid");
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Get, "sessions", plain["access_token"])).Status);

        // A password alone was enough for ada when she was nobody.
        var weak = await TokenAsync(ada);
        await GiveRoleAsync("ada", "keeper", "sessions:manage", "sessions:read");
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "sessions", weak)).Status);
    }

    [Fact]
    public async Task So_many_calls_a_minute_and_no_more()
    {
        await using var strict = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = Document(), Settings = { ["RateLimits:AdminApi:Permits"] = "3" } });
        using var admin = await AdministratorAsync(strict);
        var token = await TokenAsync(admin, strict);
        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "sessions", token, strict)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SendAsync(HttpMethod.Get, "sessions", token, strict)).Status);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Get, "sessions", token, strict)).Status);
    }

    [Fact]
    public async Task A_client_without_the_scope_cannot_get_it()
    {
        using var admin = await AdministratorAsync();
        var page = await admin.OpenAsync(new RelyingParty(host, "spa").AuthorizeUrl(Scope));
        Assert.Equal("invalid_scope", page.Query("error"));
    }

    [Fact]
    public async Task The_panic_switch_wants_both_rights_a_fresh_sign_in_and_the_issuer_and_then_ends_everything()
    {
        using var ada = await SignedInAsync("ada", "trusted");
        using var admin = await AdministratorAsync();
        var token = await TokenAsync(admin);
        var keys = await host.Http.GetStringAsync("/.well-known/jwks");
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Post, "panic", token, body: new { confirm = "yes" })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Post, "panic", token, body: new { confirm = new[] { 1 } })).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await SendAsync(HttpMethod.Post, "panic", token)).Status);
        Assert.Equal(keys, await host.Http.GetStringAsync("/.well-known/jwks"));
        Assert.Equal("/account", (await ada.OpenAsync("/account")).Url.AbsolutePath);

        var (status, body) = await SendAsync(HttpMethod.Post, "panic", token, body: new { confirm = host.Issuer.OriginalString.TrimEnd('/') });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(2, body.GetProperty("sessions").GetInt32());
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Get, "sessions", token)).Status);
        Assert.Equal("/login", (await ada.OpenAsync("/account")).Url.AbsolutePath);

        using var again = await AdministratorAsync();
        token = await TokenAsync(again);
        clock.Advance(TimeSpan.FromMinutes(16));
        token = await TokenAsync(again);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(HttpMethod.Post, "panic", token, body: new { confirm = host.Issuer.OriginalString.TrimEnd('/') })).Status);
        await GiveRoleAsync("otp", "keymaster", "keys:manage");
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Post, "panic", token, body: new { confirm = host.Issuer.OriginalString.TrimEnd('/') })).Status);
    }

    private static string Document()
    {
        var document = JsonNode.Parse(Documents.Setting(TestDocument.Json, "trusted", ("scope", "openid profile urn:identityprovider:admin")))!;
        document["roles"]!.AsArray().Add(new JsonObject { ["name"] = "chief", ["permissions"] = new JsonArray("sessions:read", "sessions:manage", "keys:manage") });
        foreach (var user in document["users"]!.AsArray().Where(u => (string?)u!["username"] == "otp"))
            user!["roles"] = new JsonArray("chief");
        return document.ToJsonString();
    }

    private async Task<Browser> SignedInAsync(string username, string client, IdpHost? node = null)
    {
        var browser = new Browser(node ?? host);
        var page = await new RelyingParty(node ?? host, client).SignInAsync(browser, "openid", username);
        if (page.Url.AbsolutePath == "/consent")
            await browser.SubmitAsync("Allow");
        return browser;
    }

    private async Task<Browser> AdministratorAsync(IdpHost? node = null)
    {
        // Each code works once.
        clock.Advance(TimeSpan.FromSeconds(30));
        var browser = new Browser(node ?? host);
        Assert.Equal("/mfa", (await browser.OpenAccountAsync("/account", "otp")).Url.AbsolutePath);
        await browser.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp(clock.GetUtcNow().UtcDateTime)));
        return browser;
    }

    private async Task<string> TokenAsync(Browser browser, IdpHost? node = null) => (await new RelyingParty(node ?? host, "trusted").TokensAsync(browser, Scope))["access_token"]!;

    /// <summary>In the place of what they hold; without a name nothing.</summary>
    private Task<int> GiveRoleAsync(string username, string? name = null, params string[] permissions) => host.InStoreAsync(async db =>
    {
        var user = await db.Set<User>().SingleAsync(u => u.UserName == username);
        await db.Set<UserRole>().Where(held => held.UserId == user.Id).ExecuteDeleteAsync();
        if (name is not null)
        {
            var role = new Role { Name = name, Permissions = [.. permissions] };
            db.Add(role);
            db.Add(new UserRole { UserId = user.Id, RoleId = role.Id });
        }

        return await db.SaveChangesAsync();
    });

    private async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? token, IdpHost? node = null, object? body = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/admin/v1/{path}");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        using var response = await (node ?? host).Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    private static string[] Names(BrowserPage page) => [.. page.Document.QuerySelectorAll("section.card h2 .name").Select(name => name.TextContent)];

    private static IEnumerable<string?> Usernames(JsonElement list) => list.GetProperty("sessions").EnumerateArray().Select(s => s.GetProperty("preferred_username").GetString());
}
