using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Device;

/// <summary>
/// Owns the device grant (RFC 8628) as far as it differs from the others: the page where a person enters the code and
/// approves, the pace of polling, and the limits on open codes and on guessing. Tokens are issued in Tokens.
/// </summary>
internal static class DeviceModule
{
    public static IServiceCollection AddDevice(this IServiceCollection services)
    {
        services.AddScoped<UserCodes>();
        services.AddOpenIddict().AddServer(server => server
            .AddEventHandler(OpenCodes.Descriptor)
            .AddEventHandler(PollInterval.Descriptor)
            .AddEventHandler(PollGate.Descriptor)
            .AddEventHandler(SpentUserCode.Descriptor)
            .AddEventHandler(UserCodeRequest.Descriptor));
        return services;
    }
}
