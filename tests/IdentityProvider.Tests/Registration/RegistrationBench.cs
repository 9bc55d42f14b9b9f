using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Tests.Registration;

/// <summary>Servers where people may register, and the way through the form.</summary>
internal static class RegistrationBench
{
    public const string Password = "marble otter lantern";

    public static IdpSetup Setup(TimeProvider? clock = null, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { ["Registration:Mode"] = "Open", ["Registration:MinimumSeconds"] = "0" };
        foreach (var (name, value) in settings)
            all[name] = value;
        return new IdpSetup { Clock = clock, Settings = all };
    }

    public static async Task<BrowserPage> OpenFormAsync(this Browser browser, IdpHost host, params (string Name, string? Value)[] changes)
    {
        await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl("openid email", [("prompt", "create"), .. changes]));
        return browser.Page;
    }

    public static Task<BrowserPage> RegisterAsync(this Browser browser, string email, string name = "New Person", string password = Password, params (string Name, string Value)[] more) =>
        browser.SubmitAsync("Create account", [.. new[] { ("name", name), ("email", email), ("password", password) }.Where(field => !more.Any(other => other.Name == field.Item1)), .. more]);

    public static Task<User?> UserAsync(this IdpHost host, string email) =>
        host.InStoreAsync(db => db.Set<User>().AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedEmail == UserNames.Normalize(email)));
}
