using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace IdentityProvider.Benchmarks;

/// <summary>A server process on the first core; this process keeps to the others.</summary>
internal sealed class Server : IDisposable
{
    private static readonly string[] Lifted = ["SignInPerAddress", "MailsPerAddress", "DeviceAuthorization", "AdminApi"];
    private readonly Process process;
    private readonly string folder;

    private Server(Process process, Uri address, string folder) => (this.process, Address, this.folder) = (process, address, folder);

    public Uri Address { get; }
    public string DatabaseFile => Path.Combine(folder, "data", "identityprovider.db");
    public double StartSeconds { get; private set; }

    public double CpuMilliseconds
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalMilliseconds;
        }
    }

    public double WorkingSetMegabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    public static Task<Server> StartEmptyAsync() =>
        StartAsync(address => [typeof(Server).Assembly.Location, "empty", address.ToString()], "/", _ => { });

    /// <summary>The connection string of an empty PostgreSQL database; null: SQLite.</summary>
    public string? Postgres { get; private init; }

    public static Task<Server> StartAsync(string document, string? postgres = null) => StartAsync(
        address => [Path.Combine(Root(), $"src/IdentityProvider.Host/bin/{Configuration()}/net10.0/IdentityProvider.Host.dll"), "--urls", address.ToString()],
        "/.well-known/jwks",
        info =>
        {
            info.WorkingDirectory = Directory.CreateTempSubdirectory("idp-bench-").FullName;
            File.WriteAllText(Path.Combine(info.WorkingDirectory, "setup.json"), document);
            info.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
            info.Environment["Logging__LogLevel__Default"] = "Warning";
            info.Environment["IdentityProvider__Setup__Files__0"] = "setup.json";
            if (postgres is not null)
                (info.Environment["IdentityProvider__Database__Provider"], info.Environment["IdentityProvider__Database__ConnectionString"]) = ("PostgreSql", postgres);
            foreach (var limit in Lifted)
                info.Environment[$"IdentityProvider__RateLimits__{limit}__Permits"] = "1000000";
            info.Environment["IdentityProvider__Captcha__AfterFailures"] = "100";
            info.Environment["IdentityProvider__RateLimits__OpenSignInsPerAddress"] = "10000";
            info.Environment["IdentityProvider__RateLimits__OpenDeviceCodesPerClientAndAddress"] = "1000";
        },
        postgres);

    private static async Task<Server> StartAsync(Func<Uri, string[]> arguments, string probe, Action<ProcessStartInfo> prepare, string? postgres = null)
    {
        var address = new Uri($"http://localhost:{FreePort()}");
        var info = new ProcessStartInfo("dotnet") { WorkingDirectory = Path.GetTempPath() };
        foreach (var argument in arguments(address))
            info.ArgumentList.Add(argument);
        prepare(info);
        info.Environment["IdentityProvider__Issuer"] = address.ToString().TrimEnd('/');
        var watch = Stopwatch.StartNew();
        var server = new Server(Process.Start(info)!, address, info.WorkingDirectory) { Postgres = postgres };
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            server.process.ProcessorAffinity = 1;
            if (Environment.ProcessorCount > 1)
                Process.GetCurrentProcess().ProcessorAffinity = (1 << Environment.ProcessorCount) - 2;
        }

        using var http = new HttpClient { BaseAddress = address };
        while (true)
        {
            if (server.process.HasExited)
                throw new InvalidOperationException("The server did not start.");
            try
            {
                (await http.GetAsync(probe)).EnsureSuccessStatusCode();
                server.StartSeconds = watch.Elapsed.TotalSeconds;
                return server;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(20);
            }
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "IdentityProvider.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The benchmarks run from a checkout.");
        return folder.FullName;
    }

    private static string Configuration() => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        if (folder != Path.GetTempPath())
            Directory.Delete(folder, recursive: true);
    }
}
