using System.Text.Json.Nodes;
using IdentityProvider.Clients;
using IdentityProvider.Tests.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Tool;

/// <summary>idp login, logout and token, against a real server and through its pages.</summary>
public sealed class SigningInWithTheTool : IAsyncLifetime
{
    private readonly ToolBench tool = new();
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Document = ToolBench.Document() });

    public async Task DisposeAsync()
    {
        tool.Dispose();
        await host.DisposeAsync();
    }

    private string Server => host.Issuer.ToString().TrimEnd('/');

    private string Kept => Directory.GetFiles(tool.Folder, "*.json").Single();

    [Fact]
    public async Task A_person_approves_the_code_lists_people_lives_on_by_the_refresh_token_and_leaves()
    {
        var signedIn = await LoginAsync("Approve");
        Assert.Equal((0, ""), (signedIn.Code, signedIn.Output));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Kept));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(tool.Folder));
        }

        // The last sign-in says which server is meant.
        var listed = await tool.RunAsync("users", "list");
        Assert.Equal(0, listed.Code);
        Assert.Contains("deputy@example.test", listed.Output, StringComparison.Ordinal);
        Assert.Empty(listed.Error);

        // An hour later by the clock of this machine.
        var before = JsonNode.Parse(await File.ReadAllTextAsync(Kept))!;
        tool.Clock = new Ahead(TimeSpan.FromMinutes(70));
        Assert.Equal(0, (await tool.RunAsync("roles", "list")).Code);
        var after = JsonNode.Parse(await File.ReadAllTextAsync(Kept))!;
        Assert.NotEqual((string)before["access_token"]!, (string)after["access_token"]!);

        // A token that the server does not know any more is renewed too.
        after["access_token"] = "gone";
        after["expires_at"] = DateTimeOffset.MaxValue;
        await File.WriteAllTextAsync(Kept, after.ToJsonString());
        tool.Clock = TimeProvider.System;
        Assert.Equal(0, (await tool.RunAsync("roles", "list")).Code);

        var last = JsonNode.Parse(await File.ReadAllTextAsync(Kept))!;
        var left = await tool.RunAsync("logout");
        Assert.Equal(0, left.Code);
        Assert.Empty(Directory.GetFiles(tool.Folder, "*.json"));
        Assert.Equal("invalid_grant", (await new RelyingParty(host, "idp-cli").RefreshAsync((string)last["refresh_token"]!)).Error);
        Assert.Equal(4, (await tool.RunAsync("users", "list", "--server", Server)).Code);
        Assert.DoesNotContain("token", signedIn.Error + listed.Output + left.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_sign_in_that_was_taken_back_says_what_to_do()
    {
        await LoginAsync("Approve");
        var kept = JsonNode.Parse(await File.ReadAllTextAsync(Kept))!;
        (kept["refresh_token"], kept["expires_at"]) = ("nonsense", "2020-01-01T00:00:00Z");
        await File.WriteAllTextAsync(Kept, kept.ToJsonString());
        var answer = await tool.RunAsync("users", "list");
        Assert.Equal((4, ""), (answer.Code, answer.Output));
        Assert.Contains("idp login", answer.Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Kept, "{");
        Assert.Equal(4, (await tool.RunAsync("users", "list")).Code);
    }

    [Fact]
    public async Task A_denied_code_signs_nobody_in()
    {
        var answer = await LoginAsync("Deny");
        Assert.Equal(4, answer.Code);
        Assert.Contains("denied", answer.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(tool.Folder));
    }

    [Fact]
    public async Task A_sign_in_with_one_area_opens_no_other()
    {
        Assert.Equal(0, (await LoginAsync("Approve", "--scope", "users:read")).Code);
        Assert.Equal(0, (await tool.RunAsync("users", "list")).Code);
        var refused = await tool.RunAsync("clients", "list");
        Assert.Equal(4, refused.Code);
        Assert.Contains("idp login --scope", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Error id: ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_area_of_the_admin_api_has_a_short_name() =>
        Assert.Equal(AdminScopes.All.Select(scope => scope.Name.Split(':')[^2]).Distinct().Order(), IdentityProvider.Tool.Run.Areas.Order());

    [Theory]
    [InlineData(1, "http://localhost:9")]
    [InlineData(2, "http://login.example.com")]
    [InlineData(2, "ftp://login.example.com")]
    [InlineData(2, "https://me:secret@login.example.com")]
    [InlineData(2, "login.example.com")]
    public async Task A_wrong_server_is_said(int code, string server)
    {
        var answer = await tool.RunAsync("login", "--server", server);
        Assert.Equal((code, ""), (answer.Code, answer.Output));
        Assert.NotEmpty(answer.Error);
    }

    [Fact]
    public async Task Without_a_server_or_a_sign_in_nothing_goes()
    {
        Assert.Equal(4, (await tool.RunAsync("users", "list")).Code);
        Assert.Equal(4, (await tool.RunAsync("users", "list", "--server", Server)).Code);
        Assert.Equal(2, (await tool.RunAsync("users")).Code);
        Assert.Equal(2, (await tool.RunAsync("usres", "list")).Code);
        Assert.Equal(2, (await tool.RunAsync("users", "list", "--output", "yaml")).Code);
    }

    [Fact]
    public async Task A_client_gets_a_token_with_its_secret_from_a_file_from_standard_input_or_from_the_environment()
    {
        var file = tool.Write("secret", ToolBench.RobotSecret + "\n");
        string[] asked = ["token", "--server", Server, "--client-id", "robot", "--scope", "notes:read"];
        var answer = await tool.RunAsync([.. asked, "--client-secret-file", file]);
        Assert.Equal((0, ""), (answer.Code, answer.Error));
        Assert.Equal(TestDocument.Api, RelyingParty.Claims(answer.Output.Trim()).GetProperty("aud").GetString());
        Assert.Equal(0, (await tool.RunAsync(ToolBench.RobotSecret, new StringWriter(), [.. asked, "--client-secret-file", "-"])).Code);

        tool.Variables["IDP_CLIENT_SECRET"] = ToolBench.RobotSecret;
        Assert.Equal("notes:read", (string?)(await tool.JsonAsync(asked))["scope"]);
        tool.Variables["IDP_CLIENT_SECRET"] = "another secret that is none of them";
        var refused = await tool.RunAsync(asked);
        Assert.Equal((4, ""), (refused.Code, refused.Output));
        Assert.DoesNotContain("another secret", refused.Error, StringComparison.Ordinal);
        tool.Variables.Remove("IDP_CLIENT_SECRET");
        Assert.Equal(2, (await tool.RunAsync(asked)).Code);
    }

    private async Task<ToolBench.Answer> LoginAsync(string answer, params string[] more)
    {
        var heard = new ToolBench.Listening();
        var login = tool.RunAsync("", heard, ["login", "--server", Server, .. more]);
        await Eventually.HoldsAsync(() => Task.FromResult(login.IsCompleted || heard.ToString().Contains("Open http", StringComparison.Ordinal)));
        var line = heard.ToString().Split('\n').First(l => l.StartsWith("Open ", StringComparison.Ordinal));
        using var browser = new Browser(host);
        await browser.OpenAsync(line["Open ".Length..].Trim());
        await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", TestDocument.Password));
        var page = await browser.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp()));
        Assert.Contains("Command line", page.Heading, StringComparison.Ordinal);
        await browser.SubmitAsync(answer);
        return await login;
    }
}
