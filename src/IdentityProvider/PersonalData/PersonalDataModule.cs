using IdentityProvider.Authorize;
using IdentityProvider.PersonalData.Admin;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Jobs;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.PersonalData;

/// <summary>
/// Owns what a person may ask of us about everything held of them: a copy of it (GDPR articles 15 and 20), and its end (article 17)
/// after a time in which it can be undone. What is held stands with the rooms; this one reads the model.
/// </summary>
internal static class PersonalDataModule
{
    private const string DeletionPath = "/admin/users/{sub}/deletion";

    public static IServiceCollection AddPersonalData(this IServiceCollection services)
    {
        services.AddSettings<PersonalDataOptions>("PersonalData");
        services.AddScoped<DataExport>();
        services.AddScoped<Deletions>().AddScoped<DeletionAdministration>();
        services.AddSingleton(new PersonAction(90, "Delete the account", DeletionPath, Permission.ManageUsers) { Hint = "Closed now, removed later; until then it can be undone.", Suits = static state => !state.IsLeaving });
        services.AddSingleton(new PersonAction(90, "Keep the account", DeletionPath, Permission.ManageUsers) { Hint = "It is about to be removed. They stay after all.", Suits = static state => state.IsLeaving });
        services.AddScoped<IAuthorizeStep, DeletionStep>();
        services.AddSingleton(new Leaving(static db => db.Set<Deletion>().Select(deletion => deletion.UserId)));
        services.AddSingleton(new NavigationItem(NavigationItem.Account, 90, "Your data", "/account/data"));
        return services.AddSingleton(provider => new Pruning("accounts", (db, now, ct) => Deletions.CarryOutAsync(db, now, provider, ct)));
    }

    public static void MapPersonalData(this IEndpointRouteBuilder routes) => DeletionsApi.Map(routes);
}
