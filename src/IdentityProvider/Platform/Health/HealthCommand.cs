using System.CommandLine;
using System.Globalization;
using IdentityProvider.Platform.CommandLine;
using Microsoft.Extensions.Configuration;

namespace IdentityProvider.Platform.Health;

/// <summary>
/// <c>health</c>: asks the server of this machine how it is. For container images, which have neither shell nor curl: it is started every few
/// seconds, so it builds no server to find out where that one listens.
/// </summary>
internal static class HealthCommand
{
    private const int DefaultPort = 5000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public static Command Create()
    {
        var ready = new Option<bool>("--ready") { Description = "Ask whether it can do its work, not only whether it lives." };
        var url = new Option<string?>("--url") { Description = "Where it listens. Else what ASPNETCORE_URLS or ASPNETCORE_HTTP_PORTS says, or --urls." };
        var command = new Command("health", "Asks the server of this machine how it is, and says so by the exit code.") { ready, url };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(async (parsed, ct) =>
        {
            if (await SettingArguments.AreWrongAsync(parsed, []))
                return ExitCode.Misused;
            var error = parsed.InvocationConfiguration.Error;
            if ((parsed.GetValue(url) is { } given ? Uri.TryCreate(given, UriKind.Absolute, out var address) ? address : null : Listening(parsed.UnmatchedTokens)) is not { } server)
            {
                await error.WriteLineAsync("--url is no absolute URL. Write it in full, like http://localhost:8080.");
                return ExitCode.Misused;
            }

            return await AskAsync(new Uri(server, parsed.GetValue(ready) ? HealthAnswers.Ready : HealthAnswers.Live), parsed.InvocationConfiguration.Output, error, ct);
        });
        return command;
    }

    private static async Task<int> AskAsync(Uri address, TextWriter output, TextWriter error, CancellationToken ct)
    {
        // No proxy: HTTP_PROXY is for calls to elsewhere.
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(address, ct);
            await output.WriteLineAsync(await answer.Content.ReadAsStringAsync(ct));
            return answer.IsSuccessStatusCode ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            await error.WriteLineAsync($"{address} does not answer: {failure.Message}");
            return ExitCode.Failed;
        }
    }

    private static Uri Listening(IEnumerable<string> settings)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables().AddCommandLine([.. settings]).Build();
        return Listening(configuration["urls"], configuration["http_ports"]);
    }

    /// <summary>The first address over plain http, on this machine: a server listens on all of its own with <c>*</c>, <c>+</c>, <c>0.0.0.0</c> and <c>[::]</c>.</summary>
    internal static Uri Listening(string? urls, string? ports)
    {
        const StringSplitOptions Split = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        foreach (var url in (urls ?? "").Split(';', Split))
            if (Uri.TryCreate(url.Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal), UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp)
                return On(address.Host is "0.0.0.0" or "[::]" ? "localhost" : address.Host, address.Port);
        var port = (ports ?? "").Split(';', Split).Select(text => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0).FirstOrDefault(number => number > 0);
        return On("localhost", port > 0 ? port : DefaultPort);
    }

    private static Uri On(string host, int port) => new UriBuilder(Uri.UriSchemeHttp, host, port).Uri;
}
