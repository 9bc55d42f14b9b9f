using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace IdentityProvider.Admin.Server;

/// <summary>The settings this node runs with, in the admin API. Read only: they are changed where they are configured.</summary>
internal static class SettingsApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(Routes.AdminApi + "/settings", Show).ForAdministrators(Permission.ReadSettings).Answers(typeof(SettingsAnswer));

    /// <summary>Every setting with the value in effect on the node that answers, by its name in the configuration; a secret that is set is shown as dots.</summary>
    private static IResult Show(IServiceProvider services, IEnumerable<SettingsSection> sections) =>
        Results.Json(new SettingsAnswer(sections.SelectMany(section => EffectiveSettings.Of(services, section)).ToDictionary(setting => setting.Key, setting => setting.Value)));
}

/// <summary>Settings by name.</summary>
internal sealed record SettingsAnswer(IReadOnlyDictionary<string, string?> Settings);
