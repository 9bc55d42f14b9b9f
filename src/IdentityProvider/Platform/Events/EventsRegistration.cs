using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Platform.Events;

internal static class EventsRegistration
{
    public static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<EventLines>().AddSingleton<EventQueue>().AddSingleton<RecordedEvents>().AddSingleton<EventLog>();
        return services.AddSingleton<EventWriter>().AddHostedService(provider => provider.GetRequiredService<EventWriter>());
    }
}
