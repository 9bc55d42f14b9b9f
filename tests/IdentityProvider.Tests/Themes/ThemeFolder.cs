using IdentityProvider.Platform;
using IdentityProvider.Themes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace IdentityProvider.Tests.Themes;

/// <summary>A folder of themes with one called "shop", and the Themes room over it on a real port.</summary>
internal sealed class ThemeFolder : IAsyncDisposable, ILoggerProvider, ILogger
{
    private readonly string _root = Directory.CreateTempSubdirectory("themes-").FullName;
    private WebApplication? _app;

    public FakeTimeProvider Time { get; } = new();
    public List<string> Errors { get; } = [];
    public string ProductName { get; init; } = "Acme";

    /// <summary>The folder does not exist before the first file is written.</summary>
    public ThemeFolder Write(string file, string content)
    {
        var path = Path.Combine(_root, "shop", file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return this;
    }

    public string PathOf(string file) => Path.Combine(_root, "shop", file);

    public async Task<string> PageAsync(string title = "Sign in", string body = "<p>Hello</p>", bool failed = false, string navigation = "") =>
        (await (await StartAsync()).Services.GetRequiredService<Frame>().RenderAsync(title, failed, body, navigation, "")).ToString()!;

    public async Task<HttpClient> BrowserAsync() => new() { BaseAddress = new Uri((await StartAsync()).Urls.First()) };

    private async Task<WebApplication> StartAsync()
    {
        if (_app is not null)
            return _app;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["IdentityProvider:Themes:Path"] = _root,
            ["IdentityProvider:Themes:Name"] = "shop",
        });
        builder.Logging.ClearProviders().AddProvider(this).SetMinimumLevel(LogLevel.Error);
        builder.Services.AddThemes().Replace(ServiceDescriptor.Singleton<TimeProvider>(Time));
        builder.Services.Configure<IdentityProviderOptions>(options => options.ProductName = ProductName);
        _app = builder.Build();
        _app.MapThemes();
        await _app.StartAsync();
        return _app;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Errors.Add(formatter(state, exception));

    void IDisposable.Dispose()
    {
    }
}
