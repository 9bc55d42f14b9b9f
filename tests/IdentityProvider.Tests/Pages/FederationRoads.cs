using IdentityProvider.Federation;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages about accounts elsewhere. The provider never answers: what it would have said is written down instead.</summary>
internal static class FederationRoads
{
    public static async Task ProviderFailedAsync(Stage stage, Tab tab)
    {
        await tab.OpenAsync(stage.Host, stage.Shop().AuthorizeUrl());
        await tab.Page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Sign in with Corner ID" }).ClickAsync();
        await tab.Page.GetByText("cannot be reached right now").WaitForAsync();
    }

    /// <summary>In a browser in which somebody came in by a provider.</summary>
    public static async Task LastUsedAsync(Stage stage, Tab tab, string clientId = "web")
    {
        await tab.Context.AddCookiesAsync([new Cookie { Name = "way", Value = "provider.corner", Url = stage.Host.Issuer.ToString(), HttpOnly = true }]);
        await tab.OpenAsync(stage.Host, stage.Shop(clientId).AuthorizeUrl());
    }

    public static async Task ConnectionsAsync(Stage stage, Tab tab)
    {
        await stage.Host.InStoreAsync(async db =>
        {
            db.Add(new ExternalLogin
            {
                UserId = (await db.Set<User>().SingleAsync(u => u.UserName == "ada")).Id,
                ProviderId = (await db.Set<UpstreamProvider>().SingleAsync(p => p.Name == "corner")).Id,
                Issuer = "http://127.0.0.1:1",
                Subject = Handle.Create(),
                AccountName = "ada@example.test",
                CreatedAt = TimeProvider.System.GetUtcNow(),
            });
            return await db.SaveChangesAsync();
        });
        await AccountRoads.AccountAsync(stage, tab, "/account/connections", "ada");
    }

    /// <summary>A link waits in this browser; with a name, that person has signed in since.</summary>
    public static async Task WaitingLinkAsync(Stage stage, Tab tab, string? signedIn = null)
    {
        await tab.OpenAsync(stage.Host, stage.Shop().AuthorizeUrl());
        var ticket = new Uri(tab.Page.Url).Query;
        var handle = Handle.Create();
        await stage.Host.InStoreAsync(async db =>
        {
            var now = TimeProvider.System.GetUtcNow();
            db.Add(new PendingLink
            {
                HandleHash = Handle.Hash(handle),
                UserId = (await db.Set<User>().SingleAsync(u => u.UserName == "zoe")).Id,
                ProviderId = (await db.Set<UpstreamProvider>().SingleAsync(p => p.Name == "corner")).Id,
                Issuer = "http://127.0.0.1:1",
                Subject = handle,
                Email = "zoe@example.test",
                CreatedAt = now,
                ExpiresAt = now + PendingLink.Lifetime,
            });
            return await db.SaveChangesAsync();
        });
        await tab.Context.AddCookiesAsync([new Cookie { Name = "link", Value = handle, Url = stage.Host.Issuer.ToString(), HttpOnly = true }]);
        if (signedIn is not null)
            await tab.Context.AddCookiesAsync(await stage.SignedInAsync(signedIn));
        await tab.OpenAsync(stage.Host, "/federation/link" + ticket);
    }
}
