using System.Net;
using IdentityProvider.Platform.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Network;

/// <summary>Who is believed about where a request came from, and which requests reach us at all.</summary>
internal static class NetworkModule
{
    public static IServiceCollection AddNetwork(this IServiceCollection services)
    {
        services.AddSettings<NetworkOptions>("Network");
        services.AddSingleton<IValidateOptions<NetworkOptions>, NetworkRules>();
        services.AddSingleton<OutgoingHttp>().AddSingleton<Places>();
        return services;
    }

    public static void UseNetwork(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<NetworkOptions>>().Value;

        // With an empty list the framework would believe its default, loopback: then the header is not looked at at all.
        if (options.TrustedProxies.Count > 0)
            app.UseForwardedHeaders(Believe(options.TrustedProxies));
        app.UseMiddleware<PublicAddress>();
    }

    private static ForwardedHeadersOptions Believe(IEnumerable<string> proxies)
    {
        // Never the host: nothing is built from it. No count of hops: the walk ends at the first address that is not listed.
        var believed = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        believed.KnownProxies.Remove(IPAddress.IPv6Loopback);
        believed.KnownIPNetworks.Remove(new System.Net.IPNetwork(IPAddress.Parse("127.0.0.0"), 8));
        foreach (var proxy in proxies.Select(p => NetworkRules.Parse(p)!.Value))
            believed.KnownIPNetworks.Add(proxy);
        return believed;
    }
}
