using Microsoft.Extensions.Options;

namespace IdentityProvider.Federation;

/// <summary>
/// Gives a handler the options of one provider. The framework's monitor would remember them by name for as long as the server runs;
/// ours change when the provider does.
/// </summary>
internal sealed class FixedOptions<T>(T value) : IOptionsMonitor<T>
{
    public T CurrentValue => value;

    public T Get(string? name) => value;

    public IDisposable? OnChange(Action<T, string?> listener) => null;
}
