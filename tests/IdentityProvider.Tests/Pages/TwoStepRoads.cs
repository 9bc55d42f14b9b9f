using IdentityProvider.Mfa;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Sessions;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static IdentityProvider.Tests.Pages.AccountRoads;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages of second factors.</summary>
internal static class TwoStepRoads
{
    /// <summary>Signed in before the app was set up, which is put beside with its use, because a code is taken once in 30 seconds.</summary>
    public static async Task TwoStepAsync(Stage stage, Tab tab, string path, string? link = null)
    {
        await WithoutAppAsync(stage);
        var cookies = await stage.SignedInAsync("step");
        await WithAppAsync(stage);
        await stage.Host.InStoreAsync(async db =>
        {
            foreach (var session in await db.Set<Session>().Where(s => s.User.UserName == "step").ToListAsync())
                session.Factors = [.. session.Factors, new Factor { Method = "otp", At = session.AuthenticatedAt }];
            return await db.SaveChangesAsync();
        });
        await tab.Context.AddCookiesAsync(cookies);
        await tab.OpenAsync(stage.Host, path);
        if (link is not null)
            await tab.Page.GetByText(link).First.ClickAsync();
    }

    public static async Task WrongAppAsync(Stage stage, Tab tab)
    {
        await AccountAsync(stage, tab, "/account/authenticators/add", "zoe");
        await tab.FillAndSubmitAsync("Finish", ("code", "000000"), ("name", ""));
    }

    public static async Task SetUpAsync(Stage stage, Tab tab, string? code = null)
    {
        await tab.Context.AddCookiesAsync(await stage.SignedInAsync("zoe"));
        await Roads.AuthorizeAsync(stage, tab, ("acr_values", "urn:identityprovider:acr:mfa"));
        if (code is not null)
            await tab.FillAndSubmitAsync("Finish", ("code", code));
    }

    public static async Task NewCodesAsync(Stage stage, Tab tab)
    {
        await TwoStepAsync(stage, tab, "/account/recovery-codes");
        await tab.PressAsync("Make new codes");
        await tab.Page.GetByText("never again").WaitForAsync();
    }

    public static async Task RecoveryCodeAsync(Stage stage, Tab tab)
    {
        await WithAppAsync(stage);
        await Roads.AuthorizeAsync(stage, tab);
        await tab.SignInAsync("step");
        await tab.Page.ArriveAsync("**/mfa?*");
        await tab.Page.GetByText("Use a recovery code").ClickAsync();
    }

    public static async Task WrongRecoveryCodeAsync(Stage stage, Tab tab)
    {
        await RecoveryCodeAsync(stage, tab);
        await tab.FillAndSubmitAsync("Continue", ("code", "not a code"));
    }

    public static async Task EmailCodeAsync(Stage stage, Tab tab)
    {
        await stage.Host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "step").ExecuteUpdateAsync(set => set.SetProperty(u => u.EmailConfirmed, true)));
        await RecoveryCodeAsync(stage, tab);
        await tab.Page.GetByText("Mail me a code").ClickAsync();
    }

    public static async Task EmailCodeSentAsync(Stage stage, Tab tab, string? code)
    {
        await EmailCodeAsync(stage, tab);
        await tab.PressAsync("Mail me a code");
        await tab.Page.Locator("#code").WaitForAsync();
        if (code is not null)
            await tab.FillAndSubmitAsync("Continue", ("code", code));
    }

    public static async Task TrustedAsync(Stage stage, Tab tab)
    {
        await TwoStepAsync(stage, tab, "/account");
        await stage.Host.InStoreAsync(async db =>
        {
            await db.Set<TrustedDevice>().ExecuteDeleteAsync();
            db.Add(new TrustedDevice
            {
                UserId = await db.Set<User>().Where(u => u.UserName == "step").Select(u => u.Id).SingleAsync(),
                HandleHash = "none",
                Address = "192.0.2.7",
                UserAgent = "Mozilla/5.0 (Windows NT 10.0) Firefox/140",
                CreatedAt = TimeProvider.System.GetUtcNow(),
                LastUsedAt = TimeProvider.System.GetUtcNow(),
            });
            return await db.SaveChangesAsync();
        });
        await tab.OpenAsync(stage.Host, "/account/sessions");
    }

    public static Task WithoutAppAsync(Stage stage) => stage.Host.InStoreAsync(async db =>
    {
        var user = await db.Set<User>().Where(u => u.UserName == "step").Select(u => u.Id).SingleAsync();
        await db.Set<RecoveryCode>().Where(c => c.UserId == user).ExecuteDeleteAsync();
        return await db.Set<Authenticator>().Where(a => a.UserId == user).ExecuteDeleteAsync();
    });

    private static Task<int> WithAppAsync(Stage stage) => stage.Host.InStoreAsync(async db =>
    {
        var user = await db.Set<User>().Where(u => u.UserName == "step").Select(u => u.Id).SingleAsync();
        if (await db.Set<Authenticator>().AnyAsync(a => a.UserId == user))
            return 0;
        db.Add(new Authenticator { UserId = user, Name = "My phone", ProtectedSecret = TotpSecret.FromBase32(TestDocument.TotpSecret).Protect(stage.Host.Services.GetRequiredService<MasterKey>()), CreatedAt = DateTimeOffset.UnixEpoch.AddYears(56) });
        if (!await db.Set<RecoveryCode>().AnyAsync(c => c.UserId == user && c.UsedAt == null))
            db.Add(new RecoveryCode { UserId = user, CodeHash = "none", CreatedAt = DateTimeOffset.UnixEpoch.AddYears(56) });
        return await db.SaveChangesAsync();
    });
}
