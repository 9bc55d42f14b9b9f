using static IdentityProvider.Tests.Pages.Roads;

namespace IdentityProvider.Tests.Pages;

/// <summary>A page in one of its states: its title, whether a post has failed, and the way there.</summary>
internal sealed record PageState(string Name, string Title, Func<Stage, Tab, Task> OpenAsync, bool Failed = false)
{
    public static readonly IReadOnlyList<PageState> All =
    [
        new("login", "Sign in", LoginAsync),
        new("login-empty", "Sign in", (stage, tab) => LoginAsync(stage, tab, "", ""), Failed: true),
        new("login-wrong", "Sign in", (stage, tab) => LoginAsync(stage, tab, "nobody-here", "wrong"), Failed: true),
        new("login-locked", "Sign in", LockedAsync, Failed: true),
        new("login-again", "Sign in", (stage, tab) => SignedInAsync(stage, tab, ("prompt", "login"))),
        new("login-hint", "Sign in", (stage, tab) => AuthorizeAsync(stage, tab, ("login_hint", "ada@example.test"))),
        new("login-create", "Sign in", (stage, tab) => AuthorizeAsync(stage, tab, ("prompt", "create"))),
        new("account-choice", "Choose an account", (stage, tab) => SignedInAsync(stage, tab, ("prompt", "select_account"))),
        new("consent", "Allow Corner Shop", (stage, tab) => SignedInAsync(stage, tab, ("prompt", "consent"))),
        new("consent-online", "Allow Corner Shop", (stage, tab) => SignedInAsync(stage, tab, ("prompt", "consent"), ("scope", "openid"))),
        new("mfa", "Enter your code", MfaAsync),
        new("mfa-wrong", "Enter your code", WrongCodeAsync, Failed: true),
        new("device", "Connect a device", (stage, tab) => tab.OpenAsync(stage.Host, "/device")),
        new("device-wrong", "Connect a device", WrongUserCodeAsync, Failed: true),
        new("device-approve", "Connect Living room TV", (stage, tab) => DeviceAsync(stage, tab)),
        new("device-approved", "Device connected", (stage, tab) => AnswerDeviceAsync(stage, tab, "Approve")),
        new("device-denied", "Device not connected", (stage, tab) => AnswerDeviceAsync(stage, tab, "Deny")),
        new("sign-out", "Sign out", SignOutAsync),
        new("signed-out", "You are signed out", (stage, tab) => tab.OpenAsync(stage.Host, "/signed-out")),
        new("signed-out-client", "You are signed out", (stage, tab) => tab.OpenAsync(stage.Host, "/signed-out?client_id=web")),
        new("hand-over", "Signing you in", HandOverAsync),
        new("error-development", "This sign-in link does not work", (stage, tab) => tab.OpenAsync(stage.Host, Mistyped(stage))),
        new("error-production", "This sign-in link does not work", async (stage, tab) => await tab.OpenAsync(await stage.ProductionAsync(), Mistyped(stage))),
        new("error-unknown-client", "This sign-in link does not work", (stage, tab) => tab.OpenAsync(stage.Host, "/connect/authorize?client_id=nobody")),
        new("error-sign-out", "This sign-out link does not work", (stage, tab) => tab.OpenAsync(stage.Host, "/connect/endsession?client_id=web&post_logout_redirect_uri=https%3A%2F%2Felsewhere.test")),
        new("expired-ticket", "Start again from the application", (stage, tab) => tab.OpenAsync(stage.Host, "/login?ticket=gone")),
        new("not-found", "There is nothing at this address", (stage, tab) => tab.OpenAsync(stage.Host, "/nowhere")),
        new("welcome", "Running", (stage, tab) => tab.OpenAsync(stage.Host, "/")),
        new("welcome-production", "Running", async (stage, tab) => await tab.OpenAsync(await stage.ProductionAsync(), "/")),
    ];
}
