using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace IdentityProvider.Tests.Tool;

/// <summary>Servers that are busy, broken, changed meanwhile, or mean harm to whoever reads their answers in a terminal.</summary>
public sealed class MeetingHostileServers
{
    private const string Hostile = "\u001b]0;owned\u0007\u001b[2J\u009bm\r\n\u202etxt.exe\u2028";

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    public async Task No_control_character_of_a_server_reaches_the_terminal(string output)
    {
        await using var server = await FakeServer.StartAsync(http => http.Request.Path.Value!.EndsWith("/roles", StringComparison.Ordinal)
            ? http.Response.WriteAsJsonAsync(new { roles = new[] { new { name = Hostile, permissions = new[] { Hostile }, extra = new { Hostile } } }, next = (string?)null })
            : ProblemAsync(http, 400, Hostile));
        using var tool = server.Tool();
        foreach (var args in new[] { new[] { "roles", "list" }, ["roles", "show", Hostile], ["users", "show", Hostile], ["no", Hostile] })
        {
            var answer = await tool.RunAsync([.. args, "--output", output]);
            Assert.NotEmpty(answer.Output + answer.Error);
            Assert.DoesNotContain(answer.Output + answer.Error, c => c != '\n' && (char.IsControl(c) || c is '\u202e' or '\u2028'));
        }

        var listed = await tool.RunAsync("roles", "list", "--output", output);
        if (output == "json")
            Assert.Equal(Hostile, (string?)JsonNode.Parse(listed.Output)![0]!["name"]);
        else
            Assert.Contains("\\u001b]0;owned", listed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_goes_to_no_other_server()
    {
        await using var other = await FakeServer.StartAsync(http => http.Response.WriteAsJsonAsync(new { roles = Array.Empty<string>() }));
        await using var server = await FakeServer.StartAsync(http =>
        {
            http.Response.Redirect(other.Address + "api/admin/v1/roles");
            return Task.CompletedTask;
        });
        using var tool = server.Tool();
        Assert.Equal(1, (await tool.RunAsync("roles", "list")).Code);
        Assert.Empty(other.Asked);
    }

    [Fact]
    public async Task A_page_that_is_no_api_is_told_as_such()
    {
        await using var server = await FakeServer.StartAsync(http =>
        {
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("<h1>Welcome</h1>");
        });
        using var tool = server.Tool();
        var answer = await tool.RunAsync("roles", "list");
        Assert.Equal(1, answer.Code);
        Assert.Contains("Is there an identity provider at this address", answer.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await tool.RunAsync("login")).Code);
    }

    [Fact]
    public async Task What_somebody_changed_meanwhile_is_not_undone()
    {
        await using var server = await FakeServer.StartAsync(http =>
        {
            if (http.Request.Method == "GET")
            {
                http.Response.Headers.ETag = "\"one\"";
                return http.Response.WriteAsJsonAsync(new { name = "editor", permissions = Array.Empty<string>(), seeded = false });
            }

            return http.Request.Headers.IfMatch == "\"one\"" ? ProblemAsync(http, 412, "It is another one by now. Read it again.") : ProblemAsync(http, 428, "No tag");
        });
        using var tool = server.Tool();
        var answer = await tool.RunAsync("roles", "update", "editor", "--set", "permissions:=[\"users:read\"]");
        Assert.Equal(1, answer.Code);
        Assert.Contains("412", answer.Error, StringComparison.Ordinal);
        Assert.Contains("run the command again", answer.Error, StringComparison.Ordinal);
        Assert.Equal(["GET", "PUT"], server.Asked.Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_and_a_change_under_the_same_key()
    {
        var keys = new List<string>();
        await using var server = await FakeServer.StartAsync(http =>
        {
            lock (keys)
                keys.Add(http.Request.Headers["Idempotency-Key"].ToString());
            http.Response.Headers.RetryAfter = "0";
            return keys.Count % 3 != 0 ? ProblemAsync(http, keys.Count % 3 == 1 ? 429 : 503, "Later.") : http.Response.WriteAsJsonAsync(new { name = "editor" });
        });
        using var tool = server.Tool();
        Assert.Equal(0, (await tool.RunAsync("roles", "show", "editor")).Code);
        Assert.Equal(0, (await tool.RunAsync("roles", "create", "editor")).Code);
        Assert.Equal(6, keys.Count);
        Assert.All(keys[..3], key => Assert.Empty(key));
        Assert.Single(keys[3..].Distinct());
        Assert.True(Guid.TryParse(keys[5], out _));
    }

    [Fact]
    public async Task A_server_that_stays_busy_or_asks_for_hours_is_left_alone()
    {
        await using var server = await FakeServer.StartAsync(http =>
        {
            http.Response.Headers.RetryAfter = http.Request.Path.Value!.EndsWith("hours", StringComparison.Ordinal) ? "7200" : "0";
            return ProblemAsync(http, 503, "Later.");
        });
        using var tool = server.Tool();
        Assert.Equal(1, (await tool.RunAsync("roles", "show", "editor")).Code);
        Assert.Equal(4, server.Asked.Count);
        Assert.Equal(1, (await tool.RunAsync("roles", "show", "hours")).Code);
        Assert.Equal(5, server.Asked.Count);

        // A change without a key is sent once.
        Assert.Equal(1, (await tool.RunAsync("sessions", "end", "x")).Code);
        Assert.Equal(6, server.Asked.Count);
    }

    [Fact]
    public async Task A_list_that_never_ends_ends()
    {
        await using var server = await FakeServer.StartAsync(http => http.Response.WriteAsJsonAsync(new { roles = new[] { new { name = "x" } }, next = "same" }));
        using var tool = server.Tool();
        Assert.Equal(0, (await tool.RunAsync("roles", "list", "--all")).Code);
        Assert.Equal(2, server.Asked.Count);
    }

    [Theory]
    [InlineData("""{"roles":[{"name":"\ud800"}]}""")]
    [InlineData("""{"roles":[{"name":"x","name":"y"}]}""")]
    [InlineData("""{"roles":{"name":"x"},"next":[]}""")]
    [InlineData("""[1]""")]
    [InlineData("""{""")]
    public async Task An_answer_of_another_form_ends_in_words_and_no_stack(string body)
    {
        await using var server = await FakeServer.StartAsync(http =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync(body);
        });
        using var tool = server.Tool();
        foreach (var args in new[] { new[] { "roles", "list" }, ["audit", "verify"], ["setup", "export"], ["users", "roles", "0195c1a2-0000-7000-8000-000000000001", "--add", "x"] })
        {
            var answer = await tool.RunAsync(args);
            Assert.True(answer.Code is 0 or 1, answer.ToString());
            Assert.DoesNotContain("   at ", answer.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nobody_names_a_way_out_of_a_path()
    {
        await using var server = await FakeServer.StartAsync(http => ProblemAsync(http, 404, "None."));
        using var tool = server.Tool();
        Assert.Equal(2, (await tool.RunAsync("roles", "show", "..")).Code);
        Assert.Equal(1, (await tool.RunAsync("roles", "show", "../users?x#y")).Code);
        Assert.Equal("GET /api/admin/v1/roles/..%2Fusers%3Fx%23y", Assert.Single(server.Asked));
    }

    private static Task ProblemAsync(HttpContext http, int status, string detail)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new { type = "urn:identityprovider:problem:x", title = "No", status, detail, errors = new Dictionary<string, string[]> { [detail] = [detail] }, errorId = detail }, options: null, contentType: "application/problem+json");
    }
}
