using IdentityProvider.Roles;
using IdentityProvider.Setup;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Pages;

/// <summary>The way to the page of the first administrator, on a server that nobody administers (any more).</summary>
internal static class SetupRoads
{
    public static async Task FirstAdministratorAsync(Stage stage, Tab tab)
    {
        await stage.Host.InStoreAsync(db => db.Set<UserRole>().Where(held => db.Set<Role>().Any(role => role.Id == held.RoleId && role.Name == SeededRoles.Admin)).ExecuteDeleteAsync());
        await using var scope = stage.Host.Services.CreateAsyncScope();
        await tab.OpenAsync(stage.Host, (await scope.ServiceProvider.GetRequiredService<FirstAdministrator>().OfferAsync(default))!);
    }

    public static async Task WrongFirstAdministratorAsync(Stage stage, Tab tab)
    {
        await FirstAdministratorAsync(stage, tab);
        await tab.FillAndSubmitAsync("Create the account", ("username", ""), ("email", "somebody"), ("password", "monkey1"));
    }
}
