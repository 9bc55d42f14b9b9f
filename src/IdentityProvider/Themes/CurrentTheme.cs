using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Themes;

/// <summary>
/// The theme in use. The folder is looked at when a page is asked for, at most once a second, so an edited file shows on the
/// next request. A theme that cannot be used is replaced by the built-in one until its files change; the log says why, once.
/// </summary>
internal sealed class CurrentTheme(IOptions<ThemesOptions> options, IHostEnvironment environment, TimeProvider time, ILogger<CurrentTheme> log)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly string _folder = Path.Combine(environment.ContentRootPath, options.Value.Path, options.Value.Name);
    private State? _state;

    public static Theme BuiltIn { get; } = new(ThemeFiles.BuiltIn);

    public Theme Get()
    {
        var state = Volatile.Read(ref _state);
        if (state is not null && time.GetElapsedTime(state.LookedAt) < LookAgain)
            return state.Theme;
        lock (_gate)
        {
            if (_state is not null && time.GetElapsedTime(_state.LookedAt) < LookAgain)
                return _state.Theme;
            var next = Look();
            Volatile.Write(ref _state, next);
            return next.Theme;
        }
    }

    /// <summary>The theme was read well and then failed on a page.</summary>
    public void Refuse(Theme theme, Exception cause)
    {
        lock (_gate)
        {
            if (_state is null || _state.Theme != theme)
                return;
            Volatile.Write(ref _state, _state with { Theme = BuiltIn });
        }
        Report(cause);
    }

    private State Look()
    {
        var lookedAt = time.GetTimestamp();
        string? stamp = null;
        try
        {
            // The stamp is taken first: a file written while it is read is read again a second later.
            stamp = ThemeFiles.Stamp(_folder) ?? "";
            if (_state?.Stamp == stamp)
                return _state with { LookedAt = lookedAt };
            return new State(Load(stamp), stamp, lookedAt);
        }
        catch (Exception fault) when (fault is ThemeFault or IOException or UnauthorizedAccessException)
        {
            // A folder that cannot even be listed has no stamp; its fault is reported when it begins.
            stamp ??= fault.Message;
            if (_state?.Stamp != stamp)
                Report(fault);
            return new State(BuiltIn, stamp, lookedAt);
        }
    }

    private Theme Load(string stamp)
    {
        if (stamp.Length > 0)
            return Tried(new Theme(ThemeFiles.Read(_folder)));
        // Without a folder the server looks as built; only a theme that was asked for by name is missed.
        return options.Value.Name == new ThemesOptions().Name
            ? BuiltIn
            : throw new ThemeFault("The folder does not exist or is empty.");
    }

    /// <summary>A frame that forgets the page would lock everybody out.</summary>
    private static Theme Tried(Theme theme)
    {
        const string body = "<p>the page</p>";
        try
        {
            // A frame awaits nothing: there are no files, no callbacks and no I/O in it.
            var page = theme.RenderAsync(new FramedPage("Title", body, "", "Product", "en", "ltr", ""));
            if (!page.IsCompleted)
                throw new ThemeFault("layout.liquid waits for something.");
            return page.GetAwaiter().GetResult().Contains(body, StringComparison.Ordinal)
                ? theme
                : throw new ThemeFault("layout.liquid never prints {{ body }}.");
        }
        catch (Exception fault) when (fault is not ThemeFault)
        {
            throw new ThemeFault($"layout.liquid: {fault.Message}", fault);
        }
    }

    private void Report(Exception cause) =>
        log.LogError(cause, "The theme in {Folder} cannot be used, pages are shown in the built-in one until its files change: {Reason}", _folder, cause.Message);

    private sealed record State(Theme Theme, string Stamp, long LookedAt);
}
