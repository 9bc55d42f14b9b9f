using System.Net;
using System.Net.Sockets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Tests.Testing;

/// <summary>The whole server on real Kestrel, with a database of its own unless one is shared with another node.</summary>
internal sealed class IdpHost : IAsyncDisposable
{
    // Two runs on one machine begin at different places.
    private static int lastPort = Environment.ProcessId * 61;

    /// <summary>Most tests come from one address and try much; the limits have tests of their own.</summary>
    public static readonly IReadOnlyDictionary<string, string> Generous = new Dictionary<string, string>
    {
        ["RateLimits:SignInPerAddress:Permits"] = "100000",
        ["RateLimits:DeviceAuthorization:Permits"] = "100000",
        ["RateLimits:UserCodePerAddress:Permits"] = "100000",
        ["RateLimits:RegistrationPerAddress:Permits"] = "100000",
        ["RateLimits:MailsPerAddress:Permits"] = "100000",
        ["RateLimits:OpenSignInsPerAddress"] = "10000",
        ["Captcha:AfterFailures"] = "100",
    };

    private readonly WebApplication app;
    private readonly string folder;

    private IdpHost(WebApplication app, string folder, Uri issuer, int port)
    {
        (this.app, this.folder, Issuer) = (app, folder, issuer);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new UriBuilder(issuer) { Port = port }.Uri };
    }

    public Uri Issuer { get; }

    /// <summary>A client without cookies and without following redirects.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>A path of this server as an absolute URL.</summary>
    public Uri this[string path] => new(Issuer, path);

    public static async Task<IdpHost> StartAsync(IdpSetup? setup = null)
    {
        setup ??= new IdpSetup();
        var folder = Directory.CreateTempSubdirectory("idp-").FullName;
        var issuer = setup.Issuer ?? new Uri($"http://localhost:{FreePort()}");
        var document = Path.Combine(folder, "setup.json");
        var file = Path.Combine(folder, "store.db");
        var isPrepared = setup.Database is null && await PreparedStore.CopyAsync(setup, file);
        if (setup.Database is not null)
            await PreparedStore.CreateAsync(setup.Database);
        await File.WriteAllTextAsync(document, setup.Document ?? TestDocument.Json);

        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = setup.Environment, ContentRootPath = Checkout.Root, ApplicationName = "IdentityProvider.Host", Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["IdentityProvider:Issuer"] = issuer.ToString().TrimEnd('/'),
            ["IdentityProvider:MasterKey"] = setup.MasterKey,
            ["IdentityProvider:Database:Provider"] = (setup.Database?.Provider ?? DatabaseProvider.Sqlite).ToString(),
            ["IdentityProvider:Database:ConnectionString"] = setup.Database?.ConnectionString ?? $"Data Source={file}",
            ["IdentityProvider:Email:Folder"] = Path.Combine(folder, "mails"),

            // Nobody sends tests on to another node.
            ["IdentityProvider:Shutdown:Delay"] = "00:00:00",

            // Tests change the database behind the server's back.
            ["IdentityProvider:Tokens:RevocationsSeenWithin"] = "00:00:00",
        });
        builder.Configuration.AddInMemoryCollection(Generous.Select(s => KeyValuePair.Create($"IdentityProvider:{s.Key}", (string?)s.Value)));

        // A copy has what the document says, and applying it again would take as long as all the rest of the start.
        if (!isPrepared)
            builder.Configuration.AddInMemoryCollection([KeyValuePair.Create("IdentityProvider:Setup:Files:0", (string?)document)]);
        builder.Configuration.AddInMemoryCollection(setup.Settings.Select(s => KeyValuePair.Create($"IdentityProvider:{s.Key}", (string?)s.Value)));
        builder.Configuration.AddInMemoryCollection(setup.Variables.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value)));
        builder.WebHost.UseUrls($"http://127.0.0.1:{setup.Port ?? issuer.Port}");
        builder.Logging.ClearProviders();
        if (setup.Log is not null)
            builder.Logging.AddProvider(setup.Log).SetMinimumLevel(LogLevel.Trace);
        builder.AddIdentityProvider();
        KnownViews.Share(builder.Services);
        if (setup.Clock is not null)
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(new QuietClock(setup.Clock)));
        setup.Services?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseIdentityProvider();
        await app.StartAsync();
        if (setup.Database is null && !isPrepared)
            PreparedStore.Keep(setup, file);
        return new IdpHost(app, folder, issuer, setup.Port ?? issuer.Port);
    }

    /// <summary>
    /// A port that nobody listens on, each time another one. Below the range from which the system takes ports for outgoing
    /// connections: one of those could take it between now and the moment the server listens.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = 10_000 + (int)((uint)Interlocked.Increment(ref lastPort) % 10_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
            }
        }
    }

    /// <summary>Looks into the database, or changes it as an administrator would.</summary>
    public async Task<T> InStoreAsync<T>(Func<Store, Task<T>> work)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<Store>());
    }

    /// <summary>As the system does with SIGTERM.</summary>
    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>The test's clock. Background jobs keep real time: moved by a year it would run each of them for every second of it.</summary>
    private sealed class QuietClock(TimeProvider clock) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;
        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();
        public override long GetTimestamp() => clock.GetTimestamp();
    }
}
