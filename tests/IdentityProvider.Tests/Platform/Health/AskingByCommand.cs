using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Health;
using IdentityProvider.SigningKeys;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityProvider.Tests.Platform.Health;

/// <summary>The command that a container's health check runs.</summary>
public sealed class AskingByCommand
{
    [Theory]
    [InlineData(null, null, "http://localhost:5000/")]
    [InlineData(null, "8080", "http://localhost:8080/")]
    [InlineData("http://*:8081", "8080", "http://localhost:8081/")]
    [InlineData("https://+:8443;http://+:8082", null, "http://localhost:8082/")]
    [InlineData("http://0.0.0.0:5080", null, "http://localhost:5080/")]
    [InlineData("http://[::]:5080", null, "http://localhost:5080/")]
    [InlineData("http://10.0.0.7:5080", null, "http://10.0.0.7:5080/")]
    [InlineData("https://+:8443", "8080", "http://localhost:8080/")]
    public void It_asks_where_the_server_of_the_same_settings_listens(string? urls, string? ports, string expected) =>
        Assert.Equal(expected, HealthCommand.Listening(urls, ports).ToString());

    [Fact]
    public async Task The_exit_code_says_how_it_is()
    {
        await using var host = await IdpHost.StartAsync();
        var url = $"http://127.0.0.1:{host.Issuer.Port}";
        Assert.Equal((ExitCode.Done, "{\"status\":\"healthy\"}"), await RunAsync("--url", url));
        Assert.Equal(ExitCode.Done, (await RunAsync("--url", url, "--ready")).Code);
        Assert.Equal(ExitCode.Done, (await RunAsync("--urls", url)).Code);

        host.Services.GetRequiredService<SigningKeyRing>().Replace([]);
        await Eventually.HoldsAsync(async () => (await RunAsync("--url", url, "--ready")) is (ExitCode.Failed, var says) && says.Contains("no_key", StringComparison.Ordinal));
        Assert.Equal(ExitCode.Done, (await RunAsync("--url", url)).Code);
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_not_healthy()
    {
        var (code, says) = await RunAsync("--url", $"http://127.0.0.1:{IdpHost.FreePort()}");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("does not answer", says, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Misused, (await RunAsync("now")).Code);
        Assert.Equal(ExitCode.Misused, (await RunAsync("--url", "localhost")).Code);
    }

    private static async Task<(int Code, string Says)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var code = await IdentityProviderCommands.RunAsync(["health", .. arguments], _ => throw new InvalidOperationException("It builds no server."), output, output);
        return (code, output.ToString().Trim());
    }
}
