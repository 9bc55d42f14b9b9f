using IdentityProvider.Platform.Http;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Account;

/// <summary>
/// Owns the account portal: its frame and navigation, and what people see and change of themselves. Sessions, consents, second
/// factors and keys bring their own pages into the frame; who may see it is settled in Authorize.
/// </summary>
internal static class AccountModule
{
    public static IServiceCollection AddAccount(this IServiceCollection services) => services
        .AddSingleton(new NavigationItem(NavigationItem.Account, 10, "Profile", "/account"));
}
