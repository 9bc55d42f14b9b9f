using System.Diagnostics;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;

namespace IdentityProvider.Tests.Testing;

/// <summary>A node that is a process of its own, for tests that kill it as the system would: nothing in it learns that it ends.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process process;

    private HostProcess(Process process, int port)
    {
        this.process = process;
        Port = port;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri($"http://localhost:{port}"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public int Port { get; }

    public HttpClient Http { get; }

    /// <summary>Beside a server of the test, on its database.</summary>
    public static Task<HostProcess> StartAsync(IdpHost beside, DatabaseOptions database, Dictionary<string, string>? settings = null) =>
        StartAsync(beside.Issuer, database, settings, "Development", IdpHost.FreePort());

    /// <summary>Where a proxy looks for it.</summary>
    public static async Task<HostProcess> StartAsync(Uri issuer, DatabaseOptions database, Dictionary<string, string>? settings, string environment, int port)
    {
        var configuration = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";
        var info = new ProcessStartInfo("dotnet") { WorkingDirectory = Directory.CreateTempSubdirectory("idp-node-").FullName };
        info.ArgumentList.Add(Path.Combine(Checkout.Root, "src", "IdentityProvider.Host", "bin", configuration, "net10.0", "IdentityProvider.Host.dll"));
        info.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        info.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}";
        info.Environment["Logging__LogLevel__Default"] = "None";
        info.Environment["IdentityProvider__Issuer"] = issuer.ToString().TrimEnd('/');
        info.Environment["IdentityProvider__MasterKey"] = new IdpSetup().MasterKey;
        info.Environment["IdentityProvider__Database__Provider"] = database.Provider.ToString();
        info.Environment["IdentityProvider__Database__ConnectionString"] = database.ConnectionString;
        foreach (var (name, value) in settings ?? [])
            info.Environment["IdentityProvider__" + name.Replace(":", "__", StringComparison.Ordinal)] = value;
        var node = new HostProcess(Process.Start(info)!, port);
        var patience = Stopwatch.StartNew();
        while (!await node.IsUpAsync())
        {
            if (node.process.HasExited || patience.Elapsed > TimeSpan.FromSeconds(90))
                throw new InvalidOperationException("The node did not start.");
            await Task.Delay(20);
        }

        return node;
    }

    private async Task<bool> IsUpAsync()
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri("/health/live", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>SIGTERM, as every service manager sends it. How it ended, and after how long.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> TerminateAsync()
    {
        var watch = Stopwatch.StartNew();
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, watch.Elapsed);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
        Http.Dispose();
    }
}
