using System.Net;
using System.Text.Json.Nodes;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Admin;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Impersonation;

/// <summary>An administrator acts for somebody: for a short time, in the open, and never in what is the person's alone.</summary>
public sealed class ActingForPeople : IAsyncLifetime
{
    private const string Reason = "asked for help with an invoice, ticket 4711";
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;
    private RightsBench bench = null!;

    public async Task InitializeAsync()
    {
        host = await IdpHost.StartAsync(Setup());
        bench = new RightsBench(host, clock);
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    private IdpSetup Setup(string lifetime = "00:30:00") => new() { Clock = clock, Document = Document(), Settings = { ["Sessions:ImpersonationLifetime"] = lifetime } };

    /// <summary>ada and otto administer; deputy may act for others and little else; grace is nobody.</summary>
    private static string Document()
    {
        var document = JsonNode.Parse(RightsBench.Document("users:manage", "users:impersonate"))!;
        document["roles"]!.AsArray().Add(new JsonObject { ["name"] = "helper", ["permissions"] = new JsonArray("users:impersonate") });
        document["roles"]!.AsArray().Add(new JsonObject { ["name"] = "author", ["permissions"] = new JsonArray("notes:write:own") });
        var trusted = document["clients"]!.AsArray().Single(client => (string?)client!["client_id"] == "trusted")!;
        trusted["scope"] = $"{trusted["scope"]} offline_access";
        foreach (var (user, role) in new[] { ("deputy", "helper"), ("reader", "author") })
            document["users"]!.AsArray().Single(u => (string?)u!["username"] == user)!["roles"] = new JsonArray(role);
        document["users"]!.AsArray().Single(u => (string?)u!["username"] == "grace")!["email_verified"] = true;
        document["service_accounts"] = new JsonArray(new JsonObject { ["name"] = "robot" });
        return document.ToJsonString();
    }

    private async Task<BrowserPage> ActAsync(Browser browser, string username, string reason = Reason)
    {
        var page = await browser.OpenAsync($"/admin/users/{await bench.SubAsync(username)}/impersonate");
        return page.Document.QuerySelector("input[name=reason]") is null ? page : await browser.SubmitAsync("Act for", ("reason", reason));
    }

    private async Task<Browser> ActingAsync(string username = "grace", string administrator = "ada")
    {
        var browser = await bench.SignedInAsync(administrator);
        var page = await ActAsync(browser, username);
        Assert.Equal("/account", page.Url.AbsolutePath);
        Assert.Contains($"You act for {username}", page.Text, StringComparison.OrdinalIgnoreCase);
        return browser;
    }

    [Fact]
    public async Task It_is_off_unless_a_lifetime_is_set()
    {
        await using var plain = await IdpHost.StartAsync(Setup("00:00:00"));
        var there = new RightsBench(plain, clock);
        using var ada = await there.SignedInAsync("ada");
        var page = await ada.OpenAsync($"/admin/users/{await there.SubAsync("grace")}/impersonate");
        Assert.Equal(HttpStatusCode.NotFound, page.Status);
        Assert.Contains("Sessions:ImpersonationLifetime", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_administrator_sees_what_the_person_sees_under_a_banner_and_returns()
    {
        using var ada = await ActingAsync();
        Assert.Contains("grace", (await ada.OpenAsync("/account")).Document.QuerySelector("nav .name")!.TextContent, StringComparison.OrdinalIgnoreCase);
        foreach (var path in new[] { "/account", "/account/apps", "/account/sessions", "/signout" })
        {
            var banner = (await ada.OpenAsync(path)).Document.QuerySelector("aside.acting");
            Assert.Contains(Reason, banner!.TextContent, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await ada.OpenAsync("/admin/sessions")).Status);
        await ada.OpenAsync("/account");
        var page = await ada.SubmitAsync("Stop");
        Assert.StartsWith("/admin/", page.Url.AbsolutePath, StringComparison.Ordinal);
        Assert.Null(page.Document.QuerySelector("aside.acting"));
        Assert.Contains("ada", (await ada.OpenAsync("/account")).Document.QuerySelector("nav .name")!.TextContent, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await ActedAsync());
    }

    [Theory]
    [InlineData("ada", "This is you")]
    [InlineData("otto", "administrator, too")]
    [InlineData("robot", "account of a program")]
    public async Task For_some_nobody_acts(string username, string words)
    {
        using var ada = await bench.SignedInAsync("ada");
        var page = await ActAsync(ada, username);
        Assert.Contains(words, page.Text, StringComparison.Ordinal);
        Assert.Equal(0, await ActedAsync());
    }

    [Fact]
    public async Task Nobody_gains_rights_by_it_nor_acts_for_who_is_gone_or_switched_off()
    {
        using var deputy = await bench.SignedInAsync("deputy");
        Assert.Contains("things that you may not", (await ActAsync(deputy, "reader")).Text, StringComparison.Ordinal);
        await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "grace").ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, clock.GetUtcNow())));
        Assert.Contains("switched off", (await ActAsync(deputy, "grace")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await deputy.OpenAsync($"/admin/users/{Guid.CreateVersion7()}/impersonate")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await deputy.OpenAsync("/admin/users/nobody/impersonate")).Status);
        Assert.Equal(0, await ActedAsync());
    }

    [Fact]
    public async Task It_takes_the_permission_and_a_fresh_sign_in_with_two_factors()
    {
        using var reader = await bench.SignedInAsync("delegate");
        Assert.Equal(HttpStatusCode.Forbidden, (await ActAsync(reader, "grace")).Status);
        using var ada = await bench.SignedInAsync("ada");
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("/login", (await ActAsync(ada, "grace")).Url.AbsolutePath);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  a  ")]
    [InlineData("a\nsecond line")]
    [InlineData(null)]
    public async Task A_reason_is_given(string? reason)
    {
        using var ada = await bench.SignedInAsync("ada");
        var page = await ActAsync(ada, "grace", reason ?? new string('x', Session.MaxReason + 1));
        Assert.Contains("Say why", page.Text, StringComparison.Ordinal);
        Assert.Equal(0, await ActedAsync());
    }

    [Fact]
    public async Task Tokens_say_who_acts_that_nothing_was_proven_and_live_shortly()
    {
        using var ada = await ActingAsync();
        var answer = await new RelyingParty(host, "trusted").TokensAsync(ada, "openid profile offline_access");
        Assert.Null(answer["refresh_token"]);
        Assert.Equal(300, answer.Json.GetProperty("expires_in").GetInt32());
        var (adas, graces) = (await bench.SubAsync("ada"), await bench.SubAsync("grace"));
        foreach (var token in new[] { answer["id_token"]!, answer["access_token"]! })
        {
            var claims = RelyingParty.Claims(token);
            Assert.Equal(graces.ToString(), claims.GetProperty("sub").GetString());
            Assert.Equal(adas.ToString(), claims.GetProperty("act").GetProperty("sub").GetString());
            Assert.Equal("0", claims.GetProperty("acr").GetString());
            Assert.False(claims.TryGetProperty("auth_time", out _));
            Assert.False(claims.TryGetProperty("amr", out _));
        }

        var notes = await new RelyingParty(host, "trusted").TokensAsync(ada, "openid notes:read");
        var told = await new RelyingParty(host, TestDocument.Api).PostAsync("/connect/introspect", ("token", notes["access_token"]!));
        Assert.Equal(adas.ToString(), told.Json.GetProperty("act").GetProperty("sub").GetString());

        // What a stolen token must not do, one of somebody who acts does not either.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/logout-all");
        request.Headers.Authorization = new("Bearer", answer["access_token"]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Http.SendAsync(request)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await new RelyingParty(host, "trusted").GetAsync("/connect/userinfo", answer["access_token"]!)).Status);
        await ada.OpenAsync("/account");
        await ada.SubmitAsync("Stop");
        Assert.Equal(HttpStatusCode.Unauthorized, (await new RelyingParty(host, "trusted").GetAsync("/connect/userinfo", answer["access_token"]!)).Status);
    }

    [Theory]
    [InlineData("prompt", "login")]
    [InlineData("prompt", "consent")]
    [InlineData("max_age", "3600")]
    [InlineData("claims", """{"id_token":{"acr":{"essential":true,"values":["urn:identityprovider:acr:mfa"]}}}""")]
    public async Task What_a_client_asks_the_person_nobody_answers_for_them(string name, string value)
    {
        using var ada = await ActingAsync();
        var client = new RelyingParty(host, "trusted");
        var page = await ada.OpenAsync(client.AuthorizeUrl("openid", (name, value)));
        Assert.Equal("/impersonation/only-them", page.Url.AbsolutePath);
        Assert.Contains("Only grace can do this", page.Heading, StringComparison.OrdinalIgnoreCase);
        page = await ada.SubmitAsync("Back to");
        Assert.Equal("access_denied", page.Query("error"));
        Assert.Equal(client.State, page.Query("state"));
    }

    [Fact]
    public async Task Without_a_page_the_client_gets_the_error_and_with_nothing_to_ask_a_code()
    {
        using var ada = await ActingAsync();
        Assert.Equal("login_required", (await ada.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl("openid", ("prompt", "none"), ("max_age", "60")))).Query("error"));
        Assert.NotEmpty((await ada.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl("openid", ("prompt", "none")))).Query("code"));
        Assert.Equal("consent_required", (await ada.OpenAsync(new RelyingParty(host, "web").AuthorizeUrl("openid", ("prompt", "none")))).Query("error"));
    }

    [Fact]
    public async Task What_protects_the_account_is_out_of_reach()
    {
        using var ada = await ActingAsync();
        foreach (var path in new[] { "/account/password", "/account/email", "/account/passkeys/add", "/account/recovery-codes", "/account/keys/new", "/account/data/delete" })
        {
            var page = await ada.OpenAsync(path);
            Assert.True(page.Url.AbsolutePath is "/impersonation/only-them" || page.Status is HttpStatusCode.NotFound, $"{path} led to {page.Url}");
        }
    }

    [Theory]
    [InlineData("/consent?handler=Allow")]
    [InlineData("/mfa/set-up")]
    [InlineData("/mfa")]
    [InlineData("/login")]
    [InlineData("/device?handler=Approve")]
    [InlineData("/federation/link")]
    public async Task A_form_made_by_hand_is_refused(string path)
    {
        using var ada = await ActingAsync();
        await ada.OpenAsync(new RelyingParty(host, "web").AuthorizeUrl("openid", ("prompt", "consent"), ("acr_values", "urn:identityprovider:acr:mfa")));
        var ticket = ada.Page.Query("ticket");
        Assert.NotEmpty(ticket);
        var token = ada.Page.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var page = await ada.PostAsync(host[$"{path}{separator}ticket={ticket}"], [new("__RequestVerificationToken", token), new("username", "grace"), new("password", TestDocument.Password), new("code", "123456")]);
        Assert.Equal(HttpStatusCode.Forbidden, page.Status);
        Assert.Equal("Only they can do this", page.Heading);
    }

    [Fact]
    public async Task A_device_gets_nothing()
    {
        using var ada = await ActingAsync();
        var device = await new RelyingParty(host, "device").PostAsync("/connect/deviceauthorization", ("scope", "openid"));
        var page = await ada.OpenAsync($"/device?user_code={device["user_code"]}");
        Assert.DoesNotContain("Allow", page.Document.QuerySelectorAll("button").Select(button => button.TextContent.Trim()));
    }

    [Fact]
    public async Task The_person_learns_of_it_sees_it_and_ends_it()
    {
        using var grace = await bench.SignedInAsync("grace");
        using var ada = await ActingAsync();
        var mail = await host.MailAsync("grace@example.test");
        Assert.StartsWith("An administrator acts for you", mail.Subject, StringComparison.Ordinal);
        Assert.Contains(Reason, mail.TextBody, StringComparison.Ordinal);
        var page = await grace.OpenAsync("/account/sessions");
        Assert.Contains(Reason, page.Text, StringComparison.Ordinal);
        await grace.SubmitAsync("Sign out everywhere else");
        Assert.Equal("/login", (await ada.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal("/account", (await grace.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task The_audit_names_the_administrator_for_all_that_is_done()
    {
        using var ada = await ActingAsync();
        await ada.OpenAsync("/account");
        await ada.SubmitAsync("Save", ("name", "Grace by Ada"));
        await ada.SubmitAsync("Stop");
        var (adas, graces) = (await bench.SubAsync("ada"), await bench.SubAsync("grace"));
        var records = await host.InStoreAsync(db => db.Set<AuditRecord>().AsNoTracking().Where(r => r.ActorId == adas.ToString() && r.TargetId == graces.ToString()).ToListAsync());
        var started = Assert.Single(records, r => r.Name == "impersonation.started");
        Assert.Equal(Reason, started.Reason);
        Assert.Contains(records, r => r.Name.StartsWith("account.", StringComparison.Ordinal));
        Assert.Contains(records, r => r.Name == "sessions.session_ended" && r.Reason == "returned");

        // Nobody signed in: where the administrator sits says nothing of where the person is.
        Assert.DoesNotContain(records, r => r.Name == "sessions.session_started");
    }

    [Fact]
    public async Task It_ends_with_the_time_the_right_and_the_administrators_own_session()
    {
        using (var late = await ActingAsync())
        {
            clock.Advance(TimeSpan.FromMinutes(29));
            Assert.Equal("/account", (await late.OpenAsync("/account")).Url.AbsolutePath);
            clock.Advance(TimeSpan.FromMinutes(2));
            Assert.Equal("/login", (await late.OpenAsync("/account")).Url.AbsolutePath);
        }

        using var stripped = await ActingAsync(administrator: "deputy");
        await host.InStoreAsync(db => db.Set<UserRole>().Where(held => db.Set<User>().Any(u => u.Id == held.UserId && u.UserName == "deputy")).ExecuteDeleteAsync());
        Assert.Equal("/login", (await stripped.OpenAsync("/account")).Url.AbsolutePath);

        using var otto = await ActingAsync(administrator: "otto");
        var token = await bench.TokenAsync("ada");
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.SendAsync(HttpMethod.Delete, $"users/{await bench.SubAsync("otto")}/sessions", token)).Status);
        var own = await host.InStoreAsync(db => db.Set<Session>().Where(s => s.ActorId != null && s.UserId != s.ActorId).Select(s => s.ActorSessionId!.Value).OrderByDescending(id => id).FirstAsync());
        await host.InStoreAsync(async db => await db.Set<Session>().Where(s => s.Id == own).ExecuteDeleteAsync());
        Assert.Equal("/login", (await otto.OpenAsync("/account")).Url.AbsolutePath);
    }

    [Fact]
    public async Task Signing_out_leaves_nobody_signed_in()
    {
        using var ada = await ActingAsync();
        await ada.OpenAsync("/signout");
        await ada.SubmitAsync("Sign out");
        Assert.Equal("/login", (await ada.OpenAsync("/account")).Url.AbsolutePath);
        Assert.Equal(0, await host.InStoreAsync(db => db.Set<Session>().CountAsync(s => s.CompletedAt != null)));
        Assert.DoesNotContain("grace", (await ada.OpenAsync("/account")).Text, StringComparison.OrdinalIgnoreCase);
    }

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task Sixteen_beginnings_at_once_leave_one_and_the_other_node_knows_it(DatabaseProvider provider)
    {
        await using var nodes = await TwoNodes.StartAsync(provider, Document(), clock, new() { ["Sessions:ImpersonationLifetime"] = "00:30:00" });
        var there = new RightsBench(nodes.First, clock);
        using var ada = await there.SignedInAsync("ada");
        var path = $"/admin/users/{await there.SubAsync("grace")}/impersonate";
        var page = await ada.OpenAsync(path);
        var token = page.Document.QuerySelector("main input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, (i % 2 == 0 ? nodes.First : nodes.Second)[path]) { Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("reason", Reason)]) };
            request.Headers.Add("Cookie", ada.Cookies.GetCookieHeader(nodes.First.Issuer));
            using var response = await http.SendAsync(request);
            return response.StatusCode;
        }));
        Assert.Contains(HttpStatusCode.SeeOther, answers);
        Assert.All(answers, status => Assert.True(status is HttpStatusCode.SeeOther or HttpStatusCode.OK, status.ToString()));
        Assert.Equal(1, await nodes.First.InStoreAsync(db => db.Set<Session>().CountAsync(s => s.ActorId != null)));
    }

    [Fact]
    public async Task So_many_people_an_hour_and_no_more()
    {
        await using var strict = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = Document(), Settings = { ["Sessions:ImpersonationLifetime"] = "00:30:00", ["RateLimits:ImpersonationPerAdministrator:Permits"] = "1" } });
        var there = new RightsBench(strict, clock);
        using var ada = await there.SignedInAsync("ada");
        var path = $"/admin/users/{await there.SubAsync("grace")}/impersonate";
        await ada.OpenAsync(path);
        await ada.SubmitAsync("Act for", ("reason", Reason));
        await ada.SubmitAsync("Stop");
        await ada.OpenAsync(path);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await ada.SubmitAsync("Act for", ("reason", Reason))).Status);
    }

    private Task<int> ActedAsync() => host.InStoreAsync(db => db.Set<Session>().CountAsync(s => s.ActorId != null));
}
