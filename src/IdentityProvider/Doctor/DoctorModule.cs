using IdentityProvider.Doctor.Looks;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Doctor;

/// <summary>
/// Owns the look at a deployment from inside, for when something is wrong or before it is: settings, address, certificate, database, keys, Redis, mail, clocks, each
/// with what to do. It changes nothing. What is seen from outside is looked at by <c>idp doctor</c>.
/// </summary>
internal static class DoctorModule
{
    public static IServiceCollection AddDoctor(this IServiceCollection services) => services
        .AddScoped<ILook, AddressLook>().AddScoped<ILook, DatabaseLook>().AddScoped<ILook, KeysLook>().AddScoped<ILook, RedisLook>().AddScoped<ILook, MailLook>()
        .AddScoped<ILook, ReachLook>();
}
