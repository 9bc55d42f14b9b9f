using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Setup.Admin;
using IdentityProvider.Setup.Import;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Setup;

/// <summary>
/// Describes a deployment in documents and brings the database there at start or by command; takes people over from other systems; lets the
/// first administrator in where none is described. Owns the format, its checks and the order of application; what a client, a user or a role is, and how a password is hashed, it leaves to their rooms.
/// </summary>
internal static class SetupModule
{
    public static IServiceCollection AddSetup(this IServiceCollection services)
    {
        services.AddSettings<SetupOptions>("Setup");
        services.AddScoped<SetupApplier>();
        services.AddScoped<UserImport>();
        services.AddSingleton<SetupRunner>();
        services.AddScoped<FirstAdministrator>();
        services.AddSingleton(new LargeBody(SetupApi.Check, SetupApi.MaxBytes));
        services.AddSingleton(new LargeBody(UserImportApi.Path, UserImportApi.MaxBytes));
        return services;
    }

    public static void MapSetup(this IEndpointRouteBuilder routes)
    {
        SetupApi.Map(routes);
        UserImportApi.Map(routes);
    }
}
