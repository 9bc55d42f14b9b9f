using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Passkeys;

/// <summary>A server with somebody who is signed in and has a passkey.</summary>
public sealed class Ceremony : IAsyncLifetime
{
    private EventTrap events = null!;

    internal IdpHost Host { get; private set; } = null!;

    /// <summary>Who is signed in.</summary>
    internal Browser Browser { get; private set; } = null!;

    /// <summary>The passkey of the one who is signed in.</summary>
    internal SoftwareAuthenticator Known { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Host = await IdpHost.StartAsync(new IdpSetup { Settings = new() { ["RateLimits:PasskeyChallengesPerAddress:Permits"] = "10000" } });
        (Browser, events) = (new Browser(Host), new EventTrap(Host));
        Known = Host.Authenticator();
        Known.Counts = false;
        await Browser.AddPasskeyAsync(Known);
    }

    /// <summary>Sends what <paramref name="answer"/> makes of the options; the reason for the refusal, if it was one.</summary>
    internal async Task<string?> RegisterAsync(Func<string, string> answer)
    {
        var form = (await Browser.OpenAsync("/account/passkeys/add")).Document.QuerySelector<IHtmlFormElement>("form[data-passkey]")!;
        return await ReasonAsync(() => Browser.SubmitAsync("Create a passkey", ("credential", answer(form.Dataset["options"]!))));
    }

    /// <summary>The same for a sign-in of a stranger.</summary>
    internal async Task<string?> SignInAsync(Func<string, string> answer)
    {
        using var stranger = new Browser(Host);
        await stranger.OpenLoginAsync();
        var (options, challenge) = await stranger.FetchOptionsAsync(Host);
        return await ReasonAsync(() => stranger.AnswerAsync(answer(options), challenge));
    }

    private async Task<string?> ReasonAsync(Func<Task<BrowserPage>> send)
    {
        var before = events.Reasons.Count();
        var page = await send();
        Assert.Equal(HttpStatusCode.OK, page.Status);
        var reason = events.Reasons.Skip(before).LastOrDefault();
        if (reason is not null)
            Assert.Matches("Try again|[Tt]ry another|set up here", page.Document.QuerySelector("div.summary")!.TextContent);
        return reason;
    }

    public async Task DisposeAsync()
    {
        events.Dispose();
        Browser.Dispose();
        await Host.DisposeAsync();
    }
}
