using System.Collections.Concurrent;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Razor.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Testing;

/// <summary>
/// The compiled pages with what is written on them. To read that by reflection takes a server a good part of its start, and the tests start two
/// thousand: they share what the first has read.
/// </summary>
internal sealed class KnownViews(string name, IReadOnlyList<RazorCompiledItem> items) : ApplicationPart, IRazorCompiledItemProvider
{
    private static readonly ConcurrentDictionary<string, KnownViews> known = new();

    public override string Name => name;

    public IEnumerable<RazorCompiledItem> CompiledItems => items;

    public static void Share(IServiceCollection services)
    {
        var parts = ((ApplicationPartManager)services.Last(service => service.ServiceType == typeof(ApplicationPartManager)).ImplementationInstance!).ApplicationParts;
        for (var i = 0; i < parts.Count; i++)
            if (parts[i] is CompiledRazorAssemblyPart part)
                parts[i] = known.GetOrAdd(part.Name, _ => new KnownViews(part.Name, [.. ((IRazorCompiledItemProvider)part).CompiledItems]));
    }
}
