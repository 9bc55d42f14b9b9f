using System.ComponentModel;

namespace IdentityProvider.Tests.House;

/// <summary>Imports where a search over the using lines finds none; never run.</summary>
[TypeConverter(typeof(global::IdentityProvider.Clients.Api))]
internal sealed class PlantedImports
{
    public static Func<Task<string>> AsyncLambda(string text) => async () =>
    {
        await Task.Yield();
        return text + new global::IdentityProvider.Clients.ClientSecret { Hash = text }.Hash;
    };

    public static IEnumerable<object?> Iterator()
    {
        yield return Array.Empty<global::IdentityProvider.Clients.Token>();
    }

    public static bool Generic(object value)
    {
        return Array.Exists([value], item => item is List<global::IdentityProvider.Clients.Scope[]>);
    }

    public static T Constrained<T>(T value)
        where T : IEnumerable<global::IdentityProvider.Clients.Client> => value;

    internal sealed class Nested
    {
        public event EventHandler<Dictionary<string, global::IdentityProvider.Clients.Grant>>? Raised;

        public void Raise() => Raised?.Invoke(this, []);
    }
}
