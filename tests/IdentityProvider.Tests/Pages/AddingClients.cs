using IdentityProvider.Clients;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Pages;

/// <summary>The way from nothing to a client, in a real browser, by keyboard alone.</summary>
[Collection(PagesCollection.Name)]
public sealed class AddingClients(Stage stage)
{
    [ChromiumTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_is_made_by_keyboard(bool script)
    {
        await stage.Host.InStoreAsync(db => db.Set<Client>().Where(client => client.DisplayName == "Typed shop").ExecuteDeleteAsync());
        await using var tab = await stage.OpenTabAsync(script, width: script ? 1280 : 320);
        await AdminRoads.AdminAsync(stage, tab, "/admin/clients");
        await ClientRoads.ByKeyboardAsync(tab);
        var client = await stage.Host.InStoreAsync(db => db.Set<Client>().AsNoTracking().SingleAsync(row => row.DisplayName == "Typed shop"));
        Assert.Equal("none", client.TokenEndpointAuthMethod);
        Assert.Contains("https://typed.example.com/callback", client.RedirectUris, StringComparison.Ordinal);
        await stage.Host.InStoreAsync(db => db.Set<Client>().Where(row => row.DisplayName == "Typed shop").ExecuteDeleteAsync());
        Assert.Empty(tab.Faults);
    }
}
