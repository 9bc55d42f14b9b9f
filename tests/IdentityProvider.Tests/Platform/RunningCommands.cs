using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Setup;
using IdentityProvider.SigningKeys;
using IdentityProvider.Tests.Testing;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using IdentityProvider.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityProvider.Tests.Platform;

public sealed class RunningCommands : IDisposable
{
    private readonly Workspace workspace = new();
    private readonly StringWriter output = new(), error = new();
    private string[]? built;

    public void Dispose() => workspace.Dispose();

    [Theory]
    [InlineData("--urls http://127.0.0.1:0", "--urls http://127.0.0.1:0")]
    [InlineData("", "")]
    [InlineData("serve", "")]
    [InlineData("serve --IdentityProvider:Issuer=https://id.example", "--IdentityProvider:Issuer=https://id.example")]
    [InlineData("--IdentityProvider:Setup:Files:0 setup.json --Flag=@x", "--IdentityProvider:Setup:Files:0 setup.json --Flag=@x")]
    [InlineData("/IdentityProvider:Issuer https://id.example IdentityProvider:ProductName=X", "/IdentityProvider:Issuer https://id.example IdentityProvider:ProductName=X")]
    public async Task The_server_is_the_default_and_gets_every_setting(string line, string settings)
    {
        Assert.Equal(ExitCode.Failed, await RunAsync(line, _ => throw new SettingsException(["IdentityProvider:Issuer: is missing. Give it a value."])));
        Assert.Equal(settings, string.Join(' ', built!));
        Assert.Contains("IdentityProvider:Issuer: is missing", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("migrat", "\"migrat\" is no command. Did you mean \"migrate\"?")]
    [InlineData("serve now", "\"now\" is no command.")]
    [InlineData("--Key=value stray", "\"stray\" is no command.")]
    [InlineData("setup", "validate or apply")]
    [InlineData("keys", "list or rotate")]
    [InlineData("keys rotat", "Did you mean \"rotate\"?")]
    [InlineData("setup validate", "argument")]
    [InlineData("setup aply x.json", "\"aply\" is no command. Did you mean \"apply\"?")]
    [InlineData("migrate now", "\"now\" is no command.")]
    public async Task A_mistyped_command_starts_nothing(string line, string says)
    {
        Assert.Equal(ExitCode.Misused, await RunAsync(line, _ => throw new InvalidOperationException("built")));
        Assert.Contains(says, error.ToString(), StringComparison.Ordinal);
        Assert.Null(built);
    }

    [Fact]
    public async Task Validate_needs_no_server_and_says_every_problem_with_its_line()
    {
        var right = workspace.Write("right.json", """{ "roles": [{ "name": "editor" }] }""");
        Assert.Equal(ExitCode.Done, await RunAsync($"setup validate {right}", Build));
        var wrong = workspace.Write("wrong.json", "{\n\"rols\": [],\n\"users\": 3 }");
        Assert.Equal(ExitCode.Failed, await RunAsync($"setup validate {right} {wrong}", Build));
        Assert.Contains($"{wrong}:2: ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{wrong}:3: ", error.ToString(), StringComparison.Ordinal);
        Assert.Null(built);
    }

    [Fact]
    public async Task Migrate_says_what_it_applied_and_the_second_time_nothing()
    {
        Assert.Equal(ExitCode.Done, await RunAsync("migrate", Build));
        Assert.Matches("applied [0-9]+_Initial", output.ToString());
        Assert.Contains("--Logging:Console:LogToStandardErrorThreshold=Trace", built!);

        output.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.Done, await RunAsync("migrate", Build));
        Assert.DoesNotContain("applied ", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("up to date", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_prints_the_sql_that_is_missing_and_runs_none_of_it()
    {
        Assert.Equal(ExitCode.Done, await RunAsync("migrate --script", Build));
        Assert.Contains("CREATE TABLE \"Clients\"", output.ToString(), StringComparison.Ordinal);
        await using var app = Build([]);
        await using var scope = app.Services.CreateAsyncScope();
        Assert.NotEmpty(await scope.ServiceProvider.GetRequiredService<Store>().Database.GetPendingMigrationsAsync());
    }

    [Fact]
    public async Task Apply_applies_and_says_what_changed()
    {
        await RunAsync("migrate", Build);
        var file = workspace.Write("setup.json", """{ "roles": [{ "name": "editor" }] }""");
        Assert.Equal(ExitCode.Done, await RunAsync($"setup apply {file} --Some:Setting=1", Build));
        Assert.Contains("roles: 1 created, 0 updated, 0 unchanged", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("--Some:Setting=1", built!);

        workspace.Write("setup.json", """{ "rolls": [] }""");
        Assert.Equal(ExitCode.Failed, await RunAsync($"setup apply {file}", Build));
        Assert.Contains($"{file}:1: \"rolls\" is not a key", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_rotated_and_listed_without_their_private_part()
    {
        await RunAsync("migrate", Build);
        Assert.Equal(ExitCode.Done, await RunAsync("keys rotate", Build));
        Assert.Contains("sign from", output.ToString(), StringComparison.Ordinal);
        output.GetStringBuilder().Clear();
        Assert.Equal(ExitCode.Done, await RunAsync("keys list", Build));
        Assert.Matches("ES256 (Next   |Active ) [A-Za-z0-9_-]{43} signs ", output.ToString());
        Assert.DoesNotContain("PRIVATE", output.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    private Task<int> RunAsync(string line, Func<string[], WebApplication> build) => IdentityProviderCommands.RunAsync(
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        arguments => build(built = arguments),
        output,
        error);

    private WebApplication Build(string[] arguments)
    {
        var builder = WebApplication.CreateSlimBuilder(arguments);
        builder.Services.AddTestStore(workspace).AddUpstreamProviders().AddSingleton<WebhookSecrets>().AddSetup().AddSingleton(TimeProvider.System).AddUsers()
            .AddSigningKeys().AddEvents().AddSingleton(new MasterKey(new byte[32]));
        return builder.Build();
    }
}
