using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Testing;

/// <summary>Meters nobody listens to, for a class that is tested without a server.</summary>
internal static class Meters
{
    public static IMeterFactory Unheard { get; } = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
}
